import { isObject, thrownName } from '../check.js';
import { truncate } from '../config/limits.js';
import type { BeforeSend, OutgoingEntry } from '../config/options.js';
import { hearFailure } from '../errors.js';
import type { Reporter } from '../logger.js';
import type { EntryKind } from '../protocol/entry.js';
import { isTooDeep, jsonString, storable } from '../protocol/json-text.js';
import { LONGEST_KEY, strippedKey } from './events.js';
import type { RecordDraft } from './feature.js';

/** What the hooks see of an entry. */
type Hooked = Omit<RecordDraft, 'rollUp'> & { readonly deviceId: string };

/**
 * Runs an entry through the hooks, each on a copy of its own, so that one that fails half-way leaves nothing behind.
 *
 * @returns the text to record, or undefined when a hook dropped it
 */
export function runHooks(hooks: readonly BeforeSend[], entry: Hooked, reporter: Reporter): string | undefined {
  const { kind } = entry;
  let { body } = entry;
  for (const hook of hooks) {
    try {
      const draft: OutgoingEntry = { ...entry, content: JSON.parse(kind === 'event' ? body : `{${body}}`) };
      const verdict: unknown = hook(draft);
      hearFailure(verdict);
      if (verdict === false) return undefined;
      const changed = bodyOf(kind, draft.content);
      if (changed !== undefined) body = changed;
      else warn(reporter, 'empty', 'left nothing behind that a server could count');
      if (typeof verdict === 'object' && verdict !== null) {
        warn(reporter, 'asynchronous', 'must be synchronous and return false to drop an entry');
      }
    } catch (error) {
      warn(reporter, 'threw', `threw ${thrownName(error)}`);
    }
  }
  return body;
}

function bodyOf(kind: EntryKind, content: unknown): string | undefined {
  if (!isObject(content)) return undefined;
  // Once through JSON: getters, cycles and what has no JSON are met here and not when the request is made.
  const plain = JSON.parse(JSON.stringify(content), storable) as Record<string, unknown>;
  if (isTooDeep(plain)) return undefined;
  return kind === 'event' ? eventBody(plain) : requestBody(plain);
}

function eventBody(event: Record<string, unknown>): string | undefined {
  const { count, segmentation } = event;
  const key = typeof event['key'] === 'string' ? truncate(strippedKey(event['key']), LONGEST_KEY) : '';
  if (key === '') return undefined;
  event['key'] = key;
  if (!Number.isInteger(count) || (count as number) < 1) event['count'] = 1;
  if (segmentation === null || typeof segmentation !== 'object') delete event['segmentation'];
  else event['segmentation'] = flat(segmentation as Record<string, unknown>);
  if (key === '[CLY]_view' && !(event['segmentation'] as Record<string, unknown> | undefined)?.['name'])
    return undefined;
  return JSON.stringify(event);
}

function requestBody(members: Record<string, unknown>): string | undefined {
  const { crash } = members;
  if (crash !== undefined) {
    const { _error, _os, _app_version } = (crash ?? {}) as Record<string, unknown>;
    if (!_error || !_os || !_app_version) return undefined;
  }
  const texts = Object.entries(members).map(([name, value]) => `${jsonString(name)}:${JSON.stringify(value)}`);
  return texts.length === 0 ? undefined : texts.join(',');
}

/** A server keeps no objects and no null (docs/protocol.md §13 rows 12 and 13). */
function flat(segmentation: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(segmentation)
      .filter(([, value]) => value !== null && value !== '')
      .map(([name, value]) => [
        name,
        typeof value === 'object' && !Array.isArray(value) ? JSON.stringify(value) : value,
      ]),
  );
}

function warn(reporter: Reporter, kind: string, problem: string): void {
  reporter.warn(`beforeSend.${kind}`, `beforeSend: a hook ${problem}; the entry goes on without it.`, 60_000);
}
