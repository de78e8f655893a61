import type { Entry } from '../protocol/entry.js';
import { bodyLength } from '../protocol/entry-text.js';
import type { EntryQueue } from './entry-queue.js';

/** How much one request may hold. */
export interface BatchLimits {
  readonly maxEvents: number;
  /** Characters of JSON, a lower bound of the bytes. */
  readonly maxSize: number;
}

// What may not change places: who the person is, and what the server may keep of them, hold from here on.
const BARRIERS = new Set(['core', 'sessions', 'users']);

/**
 * Takes the entries of a device's next request out of its queue. Events go together, also those that wait behind a
 * crash or a trace; anything else has a request of its own. Order is kept across entries that change what the server
 * knows of the device.
 */
export function takeNextRequest(queue: EntryQueue, limits: BatchLimits): Entry[] {
  const first = queue.at(0);
  if (first === undefined) return [];
  if (first.kind === 'request') return queue.take(1);

  return takeEvents(queue, limits) ?? takeEventsBetween(queue, limits);
}

/** Mostly nothing but events waits: then all of them are the queue's own list, and need no other. */
function takeEvents(queue: EntryQueue, { maxEvents, maxSize }: BatchLimits): Entry[] | undefined {
  const most = Math.min(queue.length, maxEvents);
  let size = 0;
  for (let i = 0; i < most; i++) {
    const entry = queue.at(i) as Entry;
    if (entry.kind === 'request') return undefined;
    size += bodyLength(entry);
    if (i > 0 && size > maxSize) return queue.take(i);
  }
  return queue.take(most);
}

function takeEventsBetween(queue: EntryQueue, { maxEvents, maxSize }: BatchLimits): Entry[] {
  const events: Entry[] = [];
  let size = 0;
  let scanned = 0;
  // The bound keeps the work proportional to what is taken.
  const window = Math.min(queue.length, maxEvents * 2);
  for (; scanned < window && events.length < maxEvents; scanned++) {
    const entry = queue.at(scanned) as Entry;
    if (entry.kind === 'request') {
      if (BARRIERS.has(entry.feature)) break;
      continue;
    }
    if (events.length > 0 && size + bodyLength(entry) > maxSize) break;
    size += bodyLength(entry);
    events.push(entry);
  }
  const seen = queue.take(scanned);
  if (events.length < seen.length) queue.unshift(seen.filter((entry) => entry.kind === 'request'));
  return events;
}
