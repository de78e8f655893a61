import type { SqlDatabase, SqlValue } from '../sql/sql.js';
import type { ApiQuery } from './api-query.js';
import { limitOf } from './question.js';
import { shape } from './shape.js';

interface Source {
  readonly kind: string;
  readonly table: string;
  /** Column with the time, in milliseconds. */
  readonly time: string;
  /** Column with the name to show. */
  readonly label: string;
}

const SOURCES: readonly Source[] = [
  { kind: 'event', table: 'events', time: 'timestamp', label: 'key' },
  { kind: 'view', table: 'views', time: 'timestamp', label: 'name' },
  { kind: 'session', table: 'sessions', time: 'started_at', label: 'ended_by' },
  { kind: 'crash', table: 'crashes', time: 'timestamp', label: 'name' },
  { kind: 'trace', table: 'traces', time: 'timestamp', label: 'name' },
  { kind: 'consent', table: 'consent_changes', time: 'timestamp', label: 'feature' },
  { kind: 'merge', table: 'merges', time: 'timestamp', label: 'old_device_id' },
  { kind: 'problem', table: 'problems', time: 'at', label: 'title' },
];

/** One device with its profile, consent and everything it did, newest first. `?app=` chooses between apps. */
export function readDevice({ parts, search, id }: ApiQuery): unknown {
  const { database } = parts.store;
  const device = findDevice(database, id ?? '', search.get('app') ?? '');
  if (device === undefined) return undefined;
  const owner = [device['app_key'] ?? null, device['device_id'] ?? null] as const;
  const profile = database.prepare('SELECT * FROM user_profiles WHERE app_key = ? AND device_id = ?').first(...owner);
  const consents = database
    .prepare(
      'SELECT feature, granted, value, updated_at FROM consents WHERE app_key = ? AND device_id = ? ORDER BY feature',
    )
    .all(...owner);
  return {
    device: shape(device),
    profile: profile === undefined ? null : shape(profile),
    consents: consents.map(shape),
    timeline: timelineOf(database, owner, limitOf(search, 200)),
  };
}

/** The device of this id that was seen last, of any app when none is named. */
export function findDevice(database: SqlDatabase, id: string, app: string): Record<string, SqlValue> | undefined {
  return database
    .prepare("SELECT * FROM devices WHERE device_id = ? AND (? = '' OR app_key = ?) ORDER BY last_seen DESC LIMIT 1")
    .first(id, app, app);
}

function timelineOf(database: SqlDatabase, owner: readonly [SqlValue, SqlValue], limit: number): unknown[] {
  const items = SOURCES.flatMap(({ kind, table, time, label }) =>
    database
      .prepare(`SELECT * FROM ${table} WHERE app_key = ? AND device_id = ? ORDER BY id DESC LIMIT ?`)
      .all(...owner, limit)
      // The shapes of eight tables share nothing but a time and a name, so the row itself is handed on under `data`.
      // Events of a view are told by the view's own row.
      .filter((row) => !(kind === 'event' && row['key'] === '[CLY]_view'))
      .map((row) => ({ kind, at: Number(row[time]), label: row[label] ?? null, data: shape(row) })),
  );
  return items.sort((left, right) => right.at - left.at).slice(0, limit);
}
