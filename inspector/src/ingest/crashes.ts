import { createHash } from 'node:crypto';
import { REQUIRED_CRASH_FIELDS } from '../checks/crash-checks.js';
import { isObject, type JsonObject, textOf } from '../protocol/json.js';
import type { IngestContext, Owner } from './context.js';
import { ownerColumns } from './context.js';
import type { Entry } from './entry.js';

export function ingestCrash(context: IngestContext, owner: Owner, entry: Entry): void {
  const crash = entry.crash.state === 'read' ? entry.crash.value : undefined;
  if (!isObject(crash) || REQUIRED_CRASH_FIELDS.some((name) => !crash[name])) return;
  const error = String(crash['_error']);
  const name = textOf(crash['_name']) ?? error.split('\n', 1)[0] ?? '';
  const nonfatal = isNonfatal(crash['_nonfatal']);
  const row = {
    ...ownerColumns(context, owner),
    name,
    error,
    nonfatal,
    logs: logsOf(crash['_logs']),
    custom: isObject(crash['_custom']) ? JSON.stringify(crash['_custom']) : null,
    app_version: String(crash['_app_version']),
    os: String(crash['_os']),
    group_hash: groupOf(crash, name, nonfatal),
    crash: JSON.stringify(crash),
    timestamp: entry.timestamp,
  };
  const id = context.store.insert.crashes(row);
  owner.device.crash_count += 1;
  context.live.add('crash', () => ({ id, ...row }));
}

/** Zero and the text "false" count as fatal, as on a real server. */
function isNonfatal(value: unknown): boolean {
  return Boolean(value) && value !== 'false' && value !== '0';
}

function logsOf(value: unknown): string | null {
  if (Array.isArray(value)) return value.map(String).join('\n');
  return textOf(value) ?? null;
}

/** Reports of one group have one name and one first frame once numbers and paths are taken out. */
function groupOf(crash: JsonObject, name: string, nonfatal: boolean): string {
  const [block = ''] = String(crash['_error']).split('\n\n', 1);
  const lines = block.split('\n').slice(0, 2).join('\n');
  const seed = `${name}\n${lines}`.replace(/\{[^}]*\}|\/[\w./@-]+\/|[0-9a-f]{8}-[0-9a-f-]{27}|0x[0-9a-f]+|\d+/gi, '');
  const platform = crash['_not_os_specific'] ? '' : String(crash['_os']);
  return createHash('sha1').update(`${platform}\n${seed}\n${nonfatal}`).digest('hex');
}
