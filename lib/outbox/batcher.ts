import type { Entry } from '../protocol/entry.js';
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

  const events: Entry[] = [];
  let size = 0;
  let scanned = 0;
  // The bound keeps the work proportional to what is taken.
  const window = Math.min(queue.length, limits.maxEvents * 2);
  for (; scanned < window && events.length < limits.maxEvents; scanned++) {
    const entry = queue.at(scanned) as Entry;
    if (entry.kind === 'request') {
      if (BARRIERS.has(entry.feature)) break;
      continue;
    }
    if (events.length > 0 && size + entry.body.length > limits.maxSize) break;
    size += entry.body.length;
    events.push(entry);
  }
  const seen = queue.take(scanned);
  if (events.length === seen.length) return seen;
  queue.unshift(seen.filter((entry) => entry.kind === 'request'));
  return events;
}
