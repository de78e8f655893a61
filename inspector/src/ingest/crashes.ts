import { REQUIRED_CRASH_FIELDS } from '../checks/crash-checks.js';
import { hasNul } from '../protocol/bad-text.js';
import { isObject, lettersOf, stringOf, textOf } from '../protocol/json.js';
import type { IngestContext, Owner } from './context.js';
import { ownerColumns } from './context.js';
import { crashGroup } from './crash-group.js';
import type { Entry } from './entry.js';

export function ingestCrash(context: IngestContext, owner: Owner, entry: Entry): void {
  const crash = entry.crash.state === 'read' ? entry.crash.value : undefined;
  if (!isObject(crash) || REQUIRED_CRASH_FIELDS.some((name) => !crash[name])) return;
  const { _error: error } = crash;
  if (typeof error !== 'string') return;
  const name = textOf(crash['_name']) || (error.split('\n', 1)[0] ?? '').trim();
  const nonfatal = isNonfatal(crash['_nonfatal']);
  const group = crashGroup(crash, name, nonfatal);
  if (group === undefined) return;
  const row = {
    ...ownerColumns(context, owner),
    name,
    error,
    nonfatal,
    logs: logsOf(crash['_logs']),
    custom: customOf(crash['_custom']),
    app_version: stringOf(crash['_app_version']),
    os: stringOf(crash['_os']),
    // A NUL in a custom value keeps the report, but loses the count of its group (docs/protocol.md §17.1).
    group_hash: hasNulInCustom(crash['_custom']) ? null : group,
    crash: JSON.stringify(crash),
    timestamp: entry.timestamp,
  };
  const id = context.store.insert.crashes(row);
  context.numbers.crashes.push({ id, ...row });
  owner.device.crash_count += 1;
  owner.userChanged = true;
  context.live.add('crash', () => ({ id, ...row }));
}

/** Zero and the text "false" count as fatal, as on a real server. */
function isNonfatal(value: unknown): boolean {
  return Boolean(value) && value !== 'false' && value !== '0';
}

/** Nested values as they came; a text is taken apart. */
function customOf(value: unknown): string | null {
  if (typeof value === 'string' && value !== '') return JSON.stringify(lettersOf(value));
  return isObject(value) ? JSON.stringify(value) : null;
}

function logsOf(value: unknown): string | null {
  if (Array.isArray(value)) return value.map(stringOf).join('\n');
  return textOf(value) ?? null;
}

function hasNulInCustom(custom: unknown): boolean {
  return isObject(custom) && Object.entries(custom).some((pair) => pair.some(hasNul));
}
