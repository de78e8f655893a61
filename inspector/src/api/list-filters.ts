import type { SqlValue } from '../sql/sql.js';
import type { ListName } from './contract/lists.js';

export interface List {
  readonly table: string;
  /** Query parameter to column. */
  readonly filters: Readonly<Record<string, string>>;
  /** Query parameter to the column that must not have its value. */
  readonly excludes?: Readonly<Record<string, string>>;
  /** Query parameter to a condition with places for its value. */
  readonly finds?: Readonly<Record<string, string>>;
  readonly columns?: string;
  /** Columns that say the place in the list, of which the last is unique. @default id */
  readonly order?: readonly [string, string];
}

const OWNED = { device: 'device_id', app: 'app_key', request: 'request_id' };
const MADE = { ...OWNED, method: 'method', unit: 'unit' };

/** Lists of the API: newest first, with these filters. */
export const LISTS: Readonly<Record<ListName, List>> = {
  events: { table: 'events', filters: { ...MADE, key: 'key' }, excludes: { without: 'key' } },
  views: { table: 'views', filters: { ...MADE, name: 'name', visit: 'visit' } },
  sessions: { table: 'sessions', filters: MADE },
  errors: { table: 'crashes', filters: { ...MADE, group: 'group_hash', name: 'name', nonfatal: 'nonfatal' } },
  traces: { table: 'traces', filters: { ...MADE, type: 'type', name: 'name' } },
  problems: { table: 'problems', filters: { ...OWNED, row: '"row"', level: 'level' } },
  entries: { table: 'entries', filters: { ...OWNED, outcome: 'outcome' } },
  consents: { table: 'consent_changes', filters: { ...MADE, feature: 'feature' } },
  'profile-changes': { table: 'profile_changes', filters: MADE },
  merges: { table: 'merges', filters: MADE },
  devices: {
    table: 'devices',
    filters: { device: 'device_id', app: 'app_key' },
    finds: {
      q: `(device_id LIKE ? ESCAPE '\\' OR EXISTS (SELECT 1 FROM user_profiles p WHERE p.app_key = devices.app_key
           AND p.device_id = devices.device_id AND (p.name LIKE ? ESCAPE '\\' OR p.email LIKE ? ESCAPE '\\' OR p.username LIKE ? ESCAPE '\\')))`,
    },
    order: ['last_seen', 'id'],
  },
  profiles: {
    table: 'user_profiles',
    filters: { device: 'device_id', app: 'app_key' },
    order: ['updated_at', 'device_id'],
  },
  requests: {
    table: 'requests',
    filters: {
      id: 'id',
      endpoint: 'endpoint',
      outcome: 'outcome',
      fault: 'fault',
      app: 'app_key',
      status: 'status',
    },
    // The bodies are the bulk of the file; one request at a time hands them out.
    columns:
      'id, received_at, method, path, endpoint, content_type, user_agent, remote, app_key, status, reply, outcome, fault, ' +
      'stored, body_bytes, body_sha256, entry_count, event_count, view_count, duration_ms',
  },
};

export interface Conditions {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** What the filters in a query ask for. */
export function conditionsOf(list: List, search: URLSearchParams): Conditions {
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  const compare = (columns: Readonly<Record<string, string>>, operator: string): void => {
    for (const [parameter, column] of Object.entries(columns)) {
      const value = search.get(parameter);
      if (value === null || value === '') continue;
      conditions.push(`${column} ${operator} ?`);
      values.push(FLAGS.get(value) ?? value);
    }
  };
  compare(list.filters, '=');
  compare(list.excludes ?? {}, '<>');
  for (const [parameter, condition] of Object.entries(list.finds ?? {})) {
    const value = search.get(parameter);
    if (value === null || value === '') continue;
    conditions.push(condition);
    const pattern = `%${value.slice(0, 200).replace(/[\\%_]/g, '\\$&')}%`;
    for (const _place of condition.matchAll(/\?/g)) values.push(pattern);
  }
  return { sql: conditions.join(' AND '), values };
}

const FLAGS = new Map([
  ['true', '1'],
  ['false', '0'],
]);
