import type { CollectorParts } from '../http/collector.js';
import { readObject } from '../protocol/json.js';
import type { SqlDatabase, SqlValue } from '../sql/sql.js';
import type { Window } from './contract/common.js';
import { ApiQueryError, startOf } from './question.js';

/** Questions about any segment look at this many newest rows, so that none takes long; the answer says so. */
export const MEASURED_ROWS = 10_000;

export const MEASURED = ['events', 'views', 'errors', 'traces'] as const;

export type Measured = (typeof MEASURED)[number];

interface Kind {
  readonly table: string;
  readonly name: string;
  /** Column with the segments. */
  readonly segments: string;
  readonly columns: string;
  /** Column with the time it happened. */
  readonly time: string;
}

const KINDS: Readonly<Record<Measured, Kind>> = {
  events: { table: 'events', name: 'key', segments: 'segmentation', columns: 'count, sum, dur', time: 'timestamp' },
  views: {
    table: 'views',
    name: 'name',
    segments: 'segmentation',
    columns: '1 AS count, NULL AS sum, duration',
    time: 'started_at',
  },
  errors: {
    table: 'crashes',
    name: 'name',
    segments: 'custom',
    columns: '1 AS count, NULL AS sum, nonfatal',
    time: 'timestamp',
  },
  traces: {
    table: 'traces',
    name: 'name',
    segments: 'attributes',
    columns: '1 AS count, NULL AS sum, duration, response_code, metrics',
    time: 'timestamp',
  },
};

export interface Moment {
  readonly id: number;
  readonly device_id: string;
  readonly timestamp: number;
}

export interface MeasuredRow extends Moment {
  readonly count: number;
  readonly sum: number | null;
  readonly segments: string | null;
  readonly [column: string]: SqlValue;
}

/** The newest rows of this name that came in the window. */
export function measuredRows(parts: CollectorParts, of: Measured, name: string, window: Window): MeasuredRow[] {
  const { segments, columns } = KINDS[of];
  return read(parts, of, name, window, `, ${segments} AS segments, ${columns}`);
}

/** Who they were of and when they happened, which is told sooner. */
export function measuredMoments(parts: CollectorParts, of: Measured, name: string, window: Window): Moment[] {
  return read(parts, of, name, window, '');
}

function read<Row extends Moment>(
  parts: CollectorParts,
  of: Measured,
  name: string,
  window: Window,
  further: string,
): Row[] {
  const { table, name: column, time } = KINDS[of];
  const { database } = parts.store;
  const from = startOf(window, Date.now());
  const first = from === 0 ? 0 : firstRowSince(database, table, from);
  // One index a type, so one question a type.
  const types = of === 'traces' ? ['device', 'network'] : [undefined];
  const rows = types.flatMap((type) =>
    database
      .prepare<Row>(
        `SELECT id, device_id, ${time} AS timestamp${further} FROM ${table}
         WHERE ${type === undefined ? '' : `type = '${type}' AND `}${column} = ? AND id >= ? ORDER BY id DESC LIMIT ${MEASURED_ROWS}`,
      )
      .all(name, first),
  );
  return types.length === 1 ? rows : rows.sort((one, other) => other.id - one.id).slice(0, MEASURED_ROWS);
}

/** Rows are written in the order of their requests, and those in the order they came. */
function firstRowSince(database: SqlDatabase, table: string, at: number): number {
  const first = (sql: string, value: number): number =>
    database.prepare<{ id: number }>(sql).first(value)?.id ?? Number.MAX_SAFE_INTEGER;
  const request = first('SELECT id FROM requests WHERE received_at >= ? ORDER BY received_at LIMIT 1', at);
  return first(`SELECT id FROM ${table} WHERE request_id >= ? ORDER BY request_id, id LIMIT 1`, request);
}

/** How many rows of this name there are in all. */
export function rowsOf({ numbers }: CollectorParts, of: Measured, name: string, measured: number): number {
  switch (of) {
    case 'events':
      return numbers.events.keys.get(name)?.events ?? 0;
    case 'traces':
      return ['device', 'network'].reduce(
        (sum, type) => sum + (numbers.traces.names.get(`${type} ${name}`)?.count ?? 0),
        0,
      );
    default:
      return measured;
  }
}

export function segmentsOf({ segments }: MeasuredRow): Readonly<Record<string, unknown>> {
  return readObject(segments) ?? {};
}

/** `key` for an event, `name` for all others. */
export function nameIn(search: URLSearchParams): string {
  const name = search.get('key') ?? search.get('name');
  if (name === null || name === '') throw new ApiQueryError('key', 'the key of an event, or `of` and `name`', name);
  return name;
}
