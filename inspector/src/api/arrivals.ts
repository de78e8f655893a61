import type { CollectorParts } from '../http/collector.js';
import type { MethodRow } from '../offers/method-table.js';
import type { CodeMethod } from './contract/code.js';

interface Decorator {
  readonly kind: string;
  readonly key: string | null;
}

type Rows = 'events' | 'views';

const ROWS: Readonly<Record<string, Rows>> = { event: 'events', 'timed-event': 'events', view: 'views' };
const NEWEST: Readonly<Record<Rows, string>> = {
  events: 'SELECT timestamp FROM events WHERE key = ? AND app_key = ? ORDER BY id DESC LIMIT 1',
  views: 'SELECT timestamp FROM views WHERE name = ? AND app_key = ? ORDER BY id DESC LIMIT 1',
};

/**
 * When what a method would record arrived last, from an app of a client that has the method, whoever made it: nobody has said that
 * of what a client delivered before it found the inspector.
 */
export function arrivalsOf({ book, store }: CollectorParts): (row: MethodRow) => number | null {
  const apps = new Map<number, Set<string>>();
  for (const { app, methods } of book.clients.values()) {
    for (const id of methods.values()) apps.set(id, (apps.get(id) ?? new Set<string>()).add(app));
  }
  const newest = (rows: Rows, key: string, app: string): number[] => {
    const found = store.database.prepare<{ timestamp: number }>(NEWEST[rows]).first(key, app);
    return found === undefined ? [] : [found.timestamp];
  };
  return (row) => {
    const times = (JSON.parse(row.decorators) as CodeMethod['decorators']).flatMap(({ kind, key }: Decorator) => {
      const rows = ROWS[kind];
      const name = key ?? `${row.class_name}_${row.method_name}`;
      return rows === undefined ? [] : [...(apps.get(row.id) ?? [])].flatMap((app) => newest(rows, name, app));
    });
    return times.length === 0 ? null : Math.max(...times);
  };
}
