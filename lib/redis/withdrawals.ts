import { isObject } from '../check.js';
import type { Room } from '../journal/storage.js';
import type { Entry } from '../protocol/entry.js';
import type { Keys } from './keys.js';
import type { RedisLink } from './link.js';

/** What people took back: by device and feature the number of the last entry it holds for. */
export type Withdrawals = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** What of these devices was taken back; undefined when it cannot be known now. */
export async function withdrawalsOf(
  link: RedisLink,
  keys: Keys,
  deviceIds: readonly string[],
): Promise<Withdrawals | undefined> {
  const found = new Map<string, ReadonlyMap<string, number>>();
  if (deviceIds.length === 0) return found;
  const texts = await link.call(['hmget', keys.withdrawn(), ...deviceIds]);
  if (!Array.isArray(texts)) return undefined;
  deviceIds.forEach((deviceId, i) => {
    const features = featuresIn(texts[i]);
    if (features.size > 0) found.set(deviceId, features);
  });
  return found;
}

export function featuresIn(text: unknown): ReadonlyMap<string, number> {
  if (typeof text !== 'string') return new Map();
  try {
    const found: unknown = JSON.parse(text);
    const entries = isObject(found) ? Object.entries(found) : [];
    return new Map(entries.flatMap(([feature, upTo]) => (typeof upTo === 'string' ? [[feature, Number(upTo)]] : [])));
  } catch {
    return new Map();
  }
}

/** Takes from the front of a list what there is room for, one item at least. */
export function entriesWithin<T>(list: T[], room: Room, entriesOf: (item: T) => readonly Entry[]): T[] {
  let { entries, bytes } = room;
  let count = 0;
  for (const item of list) {
    const all = entriesOf(item);
    entries -= all.length;
    bytes -= all.reduce((sum, { body }) => sum + body.length, 0);
    if (count > 0 && (entries < 0 || bytes < 0)) break;
    count++;
  }
  return list.splice(0, count);
}
