import type { ApiQuery } from './api-query.js';
import type { DeviceRow } from './contract/lists.js';
import type { Timeline, TimelineItem } from './contract/people.js';
import { findDevice } from './device.js';
import { limitOf } from './question.js';
import { shape } from './shape.js';
import { ITEM_KINDS, type ItemKind, itemsOf } from './timeline-items.js';

/** What one person did, as it took its time; `before` goes on with what is older. */
export function readTimeline({ parts, search, id }: ApiQuery): Timeline | undefined {
  const { database } = parts.store;
  const device = findDevice(database, id ?? '', search.get('app') ?? '');
  if (device === undefined) return undefined;
  const limit = limitOf(search, 500, 2000);
  const before = Number(search.get('before')) || Number.MAX_SAFE_INTEGER;
  const found = (Object.keys(ITEM_KINDS) as ItemKind[]).flatMap((kind) => {
    const { table, time } = ITEM_KINDS[kind];
    // Events of a view are told by the view itself.
    const own = kind === 'event' ? "AND key <> '[CLY]_view'" : '';
    const rows = database
      .prepare(
        `SELECT * FROM ${table} WHERE device_id = ? AND app_key = ? AND ${time} < ? ${own} ORDER BY id DESC LIMIT ?`,
      )
      .all(device['device_id'] ?? null, device['app_key'] ?? null, before, limit + 1);
    return itemsOf(kind, rows).map((item, index) => ({ item, told: Number(rows[index]?.[time]) }));
  });
  const newest = found.sort((one, other) => other.told - one.told);
  const page = newest.slice(0, limit);
  return {
    device: shape(device) as unknown as DeviceRow,
    items: page.map(({ item }) => item).sort(byTime),
    before: newest.length > limit ? (page.at(-1)?.told ?? null) : null,
  };
}

export function byTime(one: TimelineItem, other: TimelineItem): number {
  return one.from - other.from || one.id - other.id;
}
