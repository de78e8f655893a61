import { MADE_KINDS, MADE_TABLES } from '../offers/made-by.js';
import type { SqlDatabase, SqlValue } from '../sql/sql.js';
import type { ApiQuery } from './api-query.js';
import type { Unit, UnitDetail, Units } from './contract/people.js';
import { limitOf } from './question.js';
import { byTime } from './timeline.js';
import { itemsOf } from './timeline-items.js';

const MOST_ITEMS = 1000;

interface UnitRow {
  readonly place: number;
  readonly id: string;
  readonly title: string;
  readonly started_at: number;
  readonly device_id: string | null;
  readonly client: string;
}

/** Host requests that recorded something, the newest first. */
export function readUnits({ parts, search }: ApiQuery): Units {
  const { database } = parts.store;
  const device = search.get('device');
  const limit = limitOf(search, 50, 500);
  const before = Number(search.get('cursor')) || Number.MAX_SAFE_INTEGER;
  const whose = device === null ? '' : 'AND device_id = ?';
  const values: SqlValue[] = device === null ? [] : [device];
  const rows = database
    .prepare<UnitRow>(`SELECT rowid AS place, * FROM units WHERE rowid < ? ${whose} ORDER BY rowid DESC LIMIT ?`)
    .all(before, ...values, limit + 1);
  const total = database.prepare<{ n: number }>(`SELECT count(*) AS n FROM units WHERE 1 ${whose}`).first(...values);
  const page = rows.slice(0, limit);
  return {
    units: page.map((row) => unitOf(database, row)),
    total: total?.n ?? 0,
    next: rows.length > limit ? String(page.at(-1)?.place) : null,
  };
}

/** Everything that one host request recorded. */
export function readUnit({ parts, id }: ApiQuery): UnitDetail | undefined {
  const { database } = parts.store;
  const row = database.prepare<UnitRow>('SELECT rowid AS place, * FROM units WHERE id = ?').first(id);
  if (row === undefined) return undefined;
  const items = MADE_KINDS.flatMap((kind) => {
    const own = kind === 'event' ? "AND key <> '[CLY]_view'" : '';
    const { table } = MADE_TABLES[kind];
    const rows = database.prepare(`SELECT * FROM ${table} WHERE unit = ? ${own} ORDER BY id LIMIT ?`);
    return itemsOf(kind, rows.all(row.id, MOST_ITEMS));
  });
  return { unit: unitOf(database, row), items: items.sort(byTime) };
}

function unitOf(database: SqlDatabase, { id, title, started_at: startedAt, device_id, client }: UnitRow): Unit {
  const count = (table: string): number =>
    database.prepare<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE unit = ?`).first(id)?.n ?? 0;
  const errors = count('crashes');
  // A dozen features are agreed to with one click.
  const consents = database
    .prepare<{ n: number }>('SELECT count(DISTINCT entry_id) AS n FROM consent_changes WHERE unit = ?')
    .first(id)?.n;
  const told = count('sessions') + count('profile_changes') + count('merges') + (consents ?? 0);
  const entries = count('events') + count('traces') + errors + told;
  return { id, title, startedAt, device_id, client, entries, errors };
}
