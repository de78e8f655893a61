import { type Insert, prepareInsert } from '../sql/insert.js';
import type { SqlDatabase } from '../sql/sql.js';

const OWNER = ['request_id', 'entry_id', 'app_key', 'device_id'] as const;

const COLUMNS = {
  requests: [
    'id',
    'received_at',
    'method',
    'path',
    'endpoint',
    'query',
    'content_type',
    'user_agent',
    'remote',
    'body',
    'body_bytes',
    'body_sha256',
    'app_key',
    'status',
    'reply',
    'outcome',
    'fault',
    'stored',
    'entry_count',
    'event_count',
    'view_count',
    'duration_ms',
  ],
  entries: ['id', 'request_id', 'position', 'app_key', 'device_id', 'timestamp', 'kinds', 'outcome', 'info', 'params'],
  events: [
    ...OWNER,
    'key',
    'count',
    'sum',
    'dur',
    'segmentation',
    'timestamp',
    'hour',
    'dow',
    'tz',
    'event_id',
    'pvid',
    'cvid',
    'peid',
    'extra',
  ],
  views: [
    ...OWNER,
    'name',
    'view_id',
    'visit',
    'new_visitor',
    'landing',
    'platform',
    'duration',
    'ended',
    'session_id',
    'segmentation',
    'timestamp',
  ],
  sessions: [
    'request_id',
    'app_key',
    'device_id',
    'started_at',
    'duration',
    'resumed',
    'hour',
    'dow',
    'metrics',
    'country',
    'city',
    'location_source',
  ],
  crashes: [
    ...OWNER,
    'name',
    'error',
    'nonfatal',
    'logs',
    'custom',
    'app_version',
    'os',
    'group_hash',
    'crash',
    'timestamp',
  ],
  traces: [...OWNER, 'type', 'name', 'duration', 'response_code', 'metrics', 'attributes', 'stz', 'etz', 'timestamp'],
  consent_changes: ['request_id', 'app_key', 'device_id', 'feature', 'granted', 'value', 'timestamp'],
  merges: ['request_id', 'app_key', 'old_device_id', 'device_id', 'timestamp'],
  problems: [
    'at',
    'row',
    'level',
    'title',
    'message',
    'server',
    'remedy',
    'request_id',
    'position',
    'app_key',
    'device_id',
    'occurrences',
  ],
} as const;

type Columns = typeof COLUMNS;

/** One prepared INSERT a table. */
export type Inserts = { readonly [Table in keyof Columns]: Insert<Columns[Table][number]> };

export function prepareInserts(database: SqlDatabase): Inserts {
  const prepare = <Table extends keyof Columns>(table: Table): Inserts[Table] =>
    prepareInsert<Columns[Table][number]>(database, table, COLUMNS[table]) as Inserts[Table];
  return {
    requests: prepare('requests'),
    entries: prepare('entries'),
    events: prepare('events'),
    views: prepare('views'),
    sessions: prepare('sessions'),
    crashes: prepare('crashes'),
    traces: prepare('traces'),
    consent_changes: prepare('consent_changes'),
    merges: prepare('merges'),
    problems: prepare('problems'),
  };
}
