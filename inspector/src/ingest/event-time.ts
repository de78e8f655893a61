import { isKept, storedKey } from '../protocol/event-key.js';
import { isObject, type JsonObject } from '../protocol/json.js';
import { effectiveTimestamp } from '../protocol/time-stamp.js';
import type { Entry } from './entry.js';

/** When an event happened: without a time of its own with its request, with an unreadable one now. */
export function eventTime(event: JsonObject, { timestamp, now }: Entry): number {
  return event['timestamp'] ? effectiveTimestamp(event['timestamp'], now, now) : timestamp;
}

/**
 * The time of the last event becomes that of the request, for what a server does after the events: its views and the
 * user's last activity (docs/protocol.md §4.1).
 */
export function timeAfterEvents(entry: Entry): number {
  const { events } = entry;
  const list: unknown[] = events.state === 'read' && Array.isArray(events.value) ? events.value : [];
  const last = list.findLast(isCounted);
  return last === undefined ? entry.timestamp : eventTime(last, entry);
}

function isCounted(event: unknown): event is JsonObject {
  if (!isObject(event)) return false;
  const segmentation = isObject(event['segmentation']) ? event['segmentation'] : undefined;
  return isKept(storedKey(event['key']), segmentation);
}
