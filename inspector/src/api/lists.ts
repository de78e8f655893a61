import type { SqlValue } from '../sql/sql.js';
import type { ApiQuery } from './api-query.js';
import { limitOf, shape } from './shape.js';

interface List {
  readonly table: string;
  /** Query parameter to column. */
  readonly filters: Readonly<Record<string, string>>;
  /** Query parameter to the column that must not have its value. */
  readonly excludes?: Readonly<Record<string, string>>;
  readonly columns?: string;
  readonly order?: string;
}

const OWNED = { device: 'device_id', app: 'app_key', request: 'request_id' };

/**
 * Lists of the API: newest first, `limit` (default 100), `before=<id>` to page on, and these filters. `total` says how
 * many there are in all, whatever the page.
 */
export const LISTS: Readonly<Record<string, List>> = {
  events: { table: 'events', filters: { ...OWNED, key: 'key' }, excludes: { without: 'key' } },
  views: { table: 'views', filters: { ...OWNED, name: 'name', visit: 'visit' } },
  sessions: { table: 'sessions', filters: OWNED },
  errors: { table: 'crashes', filters: { ...OWNED, group: 'group_hash', name: 'name' } },
  traces: { table: 'traces', filters: { ...OWNED, type: 'type', name: 'name' } },
  problems: { table: 'problems', filters: { ...OWNED, row: '"row"', level: 'level' } },
  entries: { table: 'entries', filters: { ...OWNED, outcome: 'outcome' } },
  consents: { table: 'consent_changes', filters: { ...OWNED, feature: 'feature' } },
  merges: { table: 'merges', filters: OWNED },
  devices: { table: 'devices', filters: { device: 'device_id', app: 'app_key' }, order: 'last_seen DESC, id DESC' },
  profiles: { table: 'user_profiles', filters: { device: 'device_id', app: 'app_key' }, order: 'updated_at DESC' },
  requests: {
    table: 'requests',
    filters: { endpoint: 'endpoint', outcome: 'outcome', fault: 'fault', app: 'app_key' },
    // The bodies are the bulk of the file; one request at a time hands them out.
    columns:
      'id, received_at, method, path, endpoint, content_type, app_key, status, reply, outcome, fault, stored, body_bytes, ' +
      'body_sha256, entry_count, event_count, view_count, duration_ms',
  },
};

export function readList(name: string, { parts, search }: ApiQuery): unknown {
  const list = LISTS[name];
  if (list === undefined) return undefined;
  const { database } = parts.store;
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  const compare = (columns: Readonly<Record<string, string>>, operator: string): void => {
    for (const [parameter, column] of Object.entries(columns)) {
      const value = search.get(parameter);
      if (value === null) continue;
      conditions.push(`${column} ${operator} ?`);
      values.push(value);
    }
  };
  compare(list.filters, '=');
  compare(list.excludes ?? {}, '<>');
  const total = database
    .prepare<{ n: number }>(`SELECT count(*) AS n FROM ${list.table}${whereOf(conditions)}`)
    .first(...values);
  const before = Number(search.get('before'));
  if (Number.isInteger(before) && before > 0 && list.order === undefined) {
    conditions.push('id < ?');
    values.push(before);
  }
  const sql = `SELECT ${list.columns ?? '*'} FROM ${list.table}${whereOf(conditions)} ORDER BY ${list.order ?? 'id DESC'} LIMIT ?`;
  const rows = database.prepare(sql).all(...values, limitOf(search));
  return { [name]: rows.map(shape), total: total?.n ?? 0 };
}

function whereOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
}
