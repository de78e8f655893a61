import type { CollectorParts } from '../http/collector.js';
import { MADE_KINDS, MADE_TABLES } from '../offers/made-by.js';
import { labelOf, type MethodRow } from '../offers/method-table.js';
import type { ApiQuery } from './api-query.js';
import { arrivalsOf } from './arrivals.js';
import type { Code, CodeDetail, CodeMethod } from './contract/code.js';
import { itemsOf } from './timeline-items.js';

const MOST_SHOWN = 5000;
const MOST_ITEMS = 100;
const MOST_KEYS = 200;

/** Every woven method, also those that were never called. */
export function readCode({ parts }: ApiQuery): Code {
  const arrivedOf = arrivalsOf(parts);
  const methods = parts.methods.all().map((row) => codeMethod(parts, row, arrivedOf(row)));
  return {
    offered: parts.book.clients.size > 0 || methods.length > 0,
    total: methods.length,
    neverFired: methods.filter(({ fired }) => !fired).length,
    methods: methods.slice(0, MOST_SHOWN),
  };
}

/** One method, and what it made. */
export function readMethod({ parts, id }: ApiQuery): CodeDetail | undefined {
  const row = parts.methods.find(Number(id));
  if (row === undefined) return undefined;
  const items = MADE_KINDS.flatMap((kind): ReturnType<typeof itemsOf> => {
    const rows = parts.store.database
      .prepare(`SELECT * FROM ${MADE_TABLES[kind].table} WHERE method = ? ORDER BY id DESC LIMIT ?`)
      .all(row.id, MOST_ITEMS);
    return itemsOf(kind, rows);
  });
  return {
    method: codeMethod(parts, row, arrivalsOf(parts)(row)),
    keys: parts.madeBy
      .of(row.id)
      .slice(0, MOST_KEYS)
      .map(({ kind, key, count }) => ({ kind, key, count })),
    items: items.sort((one, other) => other.from - one.from).slice(0, MOST_ITEMS),
  };
}

function codeMethod({ book, madeBy }: CollectorParts, row: MethodRow, arrived: number | null): CodeMethod {
  const numbers = book.methods.get(row.id);
  const [p50 = null, p95 = null] = numbers?.durations.all.percentiles(0.5, 0.95) ?? [];
  const fired = (numbers?.calls ?? 0) > 0 || madeBy.of(row.id).length > 0 || arrived !== null;
  return {
    id: row.id,
    label: labelOf(row),
    className: row.class_name,
    methodName: row.method_name,
    isStatic: row.is_static === 1,
    file: row.file,
    line: row.line,
    column: row.column,
    decorators: JSON.parse(row.decorators) as CodeMethod['decorators'],
    fired,
    arrived,
    calls: numbers?.calls ?? 0,
    failures: numbers?.failures ?? 0,
    last: numbers?.last ?? null,
    p50,
    p95,
    made: {
      events: madeBy.count(row.id, 'event'),
      views: madeBy.count(row.id, 'view'),
      errors: madeBy.count(row.id, 'error'),
      traces: madeBy.count(row.id, 'trace'),
      sessions: madeBy.count(row.id, 'session'),
      profiles: madeBy.count(row.id, 'profile'),
      consents: madeBy.count(row.id, 'consent'),
      merges: madeBy.count(row.id, 'merge'),
    },
  };
}
