import { EVENT_KEY_LIMIT, isInternal, KNOWN_INTERNAL, storedKey } from '../protocol/event-key.js';
import { isObject, type JsonObject, numberOf, textOf } from '../protocol/json.js';
import { effectiveTimestamp } from '../protocol/time-stamp.js';
import type { IngestContext, Owner } from './context.js';
import type { Entry } from './entry.js';
import { createViewIngest } from './views.js';

/** Fields with a column; everything else an event carries is kept in `events.extra`. */
const COLUMNS = new Set(['key', 'count', 'sum', 'dur', 'segmentation', 'timestamp', 'hour', 'dow', 'tz', 'id']);

export interface EventsOutcome {
  stored: number;
  /** A `null` element makes classic servers throw: the events of this entry and the rest of its bulk are lost. */
  stalled: boolean;
}

export function ingestEvents(context: IngestContext, owner: Owner, entry: Entry): EventsOutcome {
  const list = entry.events.state === 'read' ? entry.events.value : undefined;
  if (!Array.isArray(list)) return { stored: 0, stalled: false };
  if (list.some((event) => event === null || event === undefined)) return { stored: 0, stalled: true };
  const views = createViewIngest(context, owner, entry);
  let stored = 0;
  for (const event of list as unknown[]) {
    if (!isObject(event)) continue;
    const key = storedKey(event['key']);
    const segmentation = isObject(event['segmentation']) ? event['segmentation'] : undefined;
    context.checker.event({
      entry,
      event,
      key,
      segmentation,
      memory: context.checker.memory,
      hasRunningView: views.hasRunning,
    });
    if (isDropped(key, segmentation)) continue;
    context.checker.memory.learn(key, segmentation);
    storeEvent(context, owner, entry, { event, key, segmentation });
    if (key === '[CLY]_view') views.apply(event, segmentation ?? {});
    stored += 1;
  }
  owner.device.event_count += stored;
  return { stored, stalled: false };
}

function isDropped(key: string, segmentation: JsonObject | undefined): boolean {
  if (key === '' || key.length >= EVENT_KEY_LIMIT) return true;
  if (!isInternal(key)) return false;
  if (!KNOWN_INTERNAL.has(key)) return true;
  if (key === '[CLY]_view') return !segmentation?.['name'];
  if (key === '[CLY]_star_rating') return segmentation === undefined;
  if (key === '[CLY]_push_action') return textOf(segmentation?.['i'])?.length !== 24;
  return false;
}

interface ReadEvent {
  event: JsonObject;
  key: string;
  segmentation: JsonObject | undefined;
}

function storeEvent(context: IngestContext, owner: Owner, entry: Entry, { event, key, segmentation }: ReadEvent): void {
  // The hot path of a bulk: a literal without spread keeps the row a fast object.
  const row = {
    request_id: context.requestId,
    entry_id: owner.entryId,
    app_key: owner.device.app_key,
    device_id: owner.device.device_id,
    key,
    count: countOf(event['count']),
    sum: roundedSum(event['sum']),
    dur: numberOf(event['dur']) || null,
    segmentation: segmentation === undefined ? null : JSON.stringify(segmentation),
    timestamp: effectiveTimestamp(event['timestamp'], entry.timestamp, entry.now),
    hour: numberOf(event['hour']) ?? numberOf(entry.parameters['hour']) ?? null,
    dow: numberOf(event['dow']) ?? numberOf(entry.parameters['dow']) ?? null,
    tz: numberOf(event['tz']) ?? numberOf(entry.parameters['tz']) ?? null,
    event_id: textOf(event['id']) ?? null,
    extra: extraOf(event),
  };
  const id = context.store.insert.events(row);
  context.live.add('event', () => ({ id, ...row }));
}

function extraOf(event: JsonObject): string | null {
  let extra: JsonObject | undefined;
  for (const name in event) {
    if (COLUMNS.has(name)) continue;
    extra ??= {};
    extra[name] = event[name];
  }
  return extra === undefined ? null : JSON.stringify(extra);
}

/** Fractions are cut; nothing, zero and what is no number count once; negative numbers are taken as they are. */
function countOf(value: unknown): number {
  return Math.trunc(numberOf(value) ?? 0) || 1;
}

function roundedSum(value: unknown): number | null {
  const sum = numberOf(value);
  return sum === undefined || sum === 0 ? null : Math.round(sum * 1e5) / 1e5;
}
