import type { CollectorParts } from '../http/collector.js';
import { OTHER_NAMES } from '../numbers/known-name.js';
import type { SqlValue } from '../sql/sql.js';
import type { ApiQuery } from './api-query.js';
import type { ListName } from './contract/lists.js';
import { type Conditions, conditionsOf, LISTS, type List } from './list-filters.js';
import { ApiQueryError, limitOf } from './question.js';
import { shape } from './shape.js';

/** A page of a list; `total` says how many there are in all, whatever the page. */
export function readList(name: ListName, { parts, search }: ApiQuery): unknown {
  const list = LISTS[name];
  const conditions = conditionsOf(list, search);
  const limit = limitOf(search);
  const rows = pageOf(parts, list, conditions, search, limit + 1);
  const page = rows.slice(0, limit);
  return {
    [name]: page.map(shape),
    total: totalOf(parts, list, conditions, search),
    next: rows.length > limit ? cursorOf(list, page.at(-1) ?? {}) : null,
  };
}

/** Rows after the cursor in the query, the newest first. */
export function pageOf(
  { store: { database } }: CollectorParts,
  list: List,
  { sql, values }: Conditions,
  search: URLSearchParams,
  limit: number,
): Record<string, SqlValue>[] {
  const conditions = sql === '' ? [] : [sql];
  const bound = [...values];
  const order = list.order ?? ['id'];
  const cursor = search.get('cursor') ?? (list.order === undefined ? search.get('before') : null);
  if (cursor !== null && cursor !== '') {
    const places = placesIn(cursor, order);
    conditions.push(`(${order.join(', ')}) < (${places.map(() => '?').join(', ')})`);
    bound.push(...places);
  }
  const after = Number(search.get('after'));
  if (Number.isInteger(after) && after > 0 && list.order === undefined) {
    conditions.push('id > ?');
    bound.push(after);
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const by = order.map((column) => `${column} DESC`).join(', ');
  return database
    .prepare(`SELECT ${list.columns ?? '*'} FROM ${list.table} ${where} ORDER BY ${by} LIMIT ?`)
    .all(...bound, limit);
}

export function cursorOf({ order }: List, row: Readonly<Record<string, SqlValue>>): string {
  return (order ?? ['id']).map((column) => encodeURIComponent(String(row[column]))).join(',');
}

function placesIn(cursor: string, order: readonly string[]): SqlValue[] {
  const parts = cursor.split(',');
  const places = parts.map((part, index) => (order[index] === 'device_id' ? decoded(part) : Number(part)));
  if (parts.length !== order.length || places.some((place) => typeof place === 'number' && !Number.isInteger(place))) {
    throw new ApiQueryError('cursor', 'what an answer gave as `next`', cursor);
  }
  return places;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Where the numbers know it, nothing is counted anew. */
function totalOf(
  { store, numbers }: CollectorParts,
  list: List,
  { sql, values }: Conditions,
  search: URLSearchParams,
): number {
  const known: Readonly<Record<string, number>> = {
    events: numbers.events.rows,
    views: numbers.views.rows,
    crashes: numbers.crashes.rows,
    traces: numbers.traces.rows,
    requests: numbers.requests.rows,
    entries: numbers.requests.entries,
    sessions: numbers.sessions,
  };
  if (sql === '' && known[list.table] !== undefined) return known[list.table] ?? 0;
  if (list.table === 'events' && (sql === 'key = ?' || sql === 'key <> ?')) {
    const { keys, rows } = numbers.events;
    const ofKey = keys.get(search.get('key') ?? search.get('without') ?? '')?.events;
    // One of those that are counted together is counted anew.
    if (ofKey !== undefined || !keys.has(OTHER_NAMES)) return sql === 'key = ?' ? (ofKey ?? 0) : rows - (ofKey ?? 0);
  }
  if (list.table === 'views' && sql === 'visit = ?') {
    const { visits, rows } = numbers.views;
    return Number(values[0]) === 1 ? visits : rows - visits;
  }
  const where = sql === '' ? '' : `WHERE ${sql}`;
  return (
    store.database.prepare<{ n: number }>(`SELECT count(*) AS n FROM ${list.table} ${where}`).first(...values)?.n ?? 0
  );
}
