import { hasNul } from '../protocol/bad-text.js';
import { isInternal, isKept, storedKey } from '../protocol/event-key.js';
import { roundedSum } from '../protocol/event-values.js';
import { isObject, type JsonObject, numberOf, textOf } from '../protocol/json.js';
import type { IngestContext, Owner } from './context.js';
import type { Entry } from './entry.js';
import { eventTime } from './event-time.js';
import { createViewIngest } from './views.js';

/** Fields with a column; everything else an event carries is kept in `events.extra`. */
const COLUMNS = new Set([
  'key',
  'count',
  'sum',
  'dur',
  'segmentation',
  'timestamp',
  'hour',
  'dow',
  'tz',
  'id',
  'pvid',
  'cvid',
  'peid',
]);

export interface EventsOutcome {
  /** Without views, which are counted apart. */
  events: number;
  views: number;
  /** Why the whole list is lost: a `null` element, or a NUL that loses the server's write batch. */
  lost?: string;
  /** A `null` element makes classic servers throw: the rest of its bulk is lost, too. */
  stalled: boolean;
}

const NOTHING: EventsOutcome = { events: 0, views: 0, stalled: false };

export function ingestEvents(context: IngestContext, owner: Owner, entry: Entry): EventsOutcome {
  const list = entry.events.state === 'read' ? entry.events.value : undefined;
  if (!Array.isArray(list)) return NOTHING;
  if (list.some((event) => event === null || event === undefined)) {
    return { ...NOTHING, lost: 'null in "events"', stalled: true };
  }
  const isPoisoned = list.some(poisonsBatch);
  const views = createViewIngest(context, owner, entry);
  const outcome = { ...NOTHING };
  for (const [place, event] of (list as unknown[]).entries()) {
    if (!isObject(event)) continue;
    const key = storedKey(event['key']);
    const sent = isObject(event['segmentation']) ? event['segmentation'] : undefined;
    const { memory } = context.checker;
    context.checker.event({ entry, event, key, segmentation: sent, memory, hasRunningView: views.hasRunning });
    if (isPoisoned || !isKept(key, sent)) continue;
    memory.learn(key, sent);
    const segmentation = storedSegmentation(key, sent);
    storeEvent(context, owner, entry, { event, key, segmentation, place });
    if (key === '[CLY]_view') views.apply(event, segmentation ?? {}, place);
    if (!isInternal(key) || key === '[CLY]_orientation') owner.userChanged = true;
    outcome[key === '[CLY]_view' ? 'views' : 'events'] += 1;
  }
  owner.device.event_count += outcome.events;
  return isPoisoned ? { ...outcome, lost: 'NUL in an event key or a segment name' } : outcome;
}

/** The server's database refuses a NUL in a field name, and all events written with it are lost (docs/protocol.md §17.1). */
function poisonsBatch(event: unknown): boolean {
  if (!isObject(event)) return false;
  const { key, segmentation } = event;
  if (hasNul(key)) return true;
  return key !== '[CLY]_view' && isObject(segmentation) && Object.keys(segmentation).some(hasNul);
}

/** As sent, but for a rating without a widget: the server files it under the text it makes of nothing. */
function storedSegmentation(key: string, segmentation: JsonObject | undefined): JsonObject | undefined {
  if (key !== '[CLY]_star_rating' || segmentation?.['widget_id'] !== undefined) return segmentation;
  return { ...segmentation, widget_id: 'undefined' };
}

interface ReadEvent {
  event: JsonObject;
  key: string;
  segmentation: JsonObject | undefined;
  /** Which of the list it is. */
  place: number;
}

function storeEvent(context: IngestContext, owner: Owner, entry: Entry, read: ReadEvent): void {
  const { event, key, segmentation, place } = read;
  // Times of Day passes over events that do not say how many they are (docs/protocol.md §2.2).
  const hasTime = event['count'] !== undefined;
  // The hot path of a bulk: a literal without spread keeps the row a fast object.
  const row = {
    request_id: context.requestId,
    entry_id: owner.entryId,
    app_key: owner.device.app_key,
    device_id: owner.device.device_id,
    key,
    count: countOf(event['count']),
    sum: storedSum(event['sum']),
    dur: numberOf(event['dur']) || null,
    segmentation: segmentation === undefined ? null : JSON.stringify(segmentation),
    timestamp: eventTime(event, entry),
    hour: hasTime ? (numberOf(event['hour']) ?? ofRequest(entry, 'hour')) : null,
    dow: hasTime ? (numberOf(event['dow']) ?? ofRequest(entry, 'dow')) : null,
    tz: numberOf(event['tz']) ?? ofRequest(entry, 'tz'),
    event_id: textOf(event['id']) ?? null,
    pvid: textOf(event['pvid']) ?? null,
    cvid: textOf(event['cvid']) ?? null,
    peid: textOf(event['peid']) ?? null,
    extra: extraOf(event),
    place,
  };
  const id = context.store.insert.events(row);
  context.numbers.events.push(row);
  context.live.add('event', () => ({ id, ...row }));
}

/** On the request a JSON 0 is falsy and not there; on the event it is a number like others. */
function ofRequest({ parameters }: Entry, name: 'hour' | 'dow' | 'tz'): number | null {
  return parameters[name] ? (numberOf(parameters[name]) ?? null) : null;
}

function extraOf(event: JsonObject): string | null {
  let extra: JsonObject | undefined;
  for (const name in event) {
    if (COLUMNS.has(name)) continue;
    extra ??= Object.create(null) as JsonObject;
    extra[name] = event[name];
  }
  return extra === undefined ? null : JSON.stringify(extra);
}

/** Fractions are cut; nothing, zero and what is no number count once; negative numbers are taken as they are. */
function countOf(value: unknown): number {
  const count = Math.trunc(numberOf(value) ?? 0) || 1;
  // Beyond this numbers are not exact, and sums of them do not fit into 64 bits.
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(count, Number.MAX_SAFE_INTEGER));
}

/** 0 is none, but what only becomes 0 by rounding is taken for nothing given, and counts as 1 (docs/protocol.md §4.1). */
function storedSum(value: unknown): number | null {
  const sum = numberOf(value);
  if (sum === undefined || sum === 0) return null;
  return roundedSum(sum) || 1;
}
