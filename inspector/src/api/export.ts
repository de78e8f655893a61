import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { SqlValue } from '../sql/sql.js';
import type { ApiQuery } from './api-query.js';
import type { ListName } from './contract/lists.js';
import { csvLine } from './csv.js';
import { conditionsOf, LISTS } from './list-filters.js';
import { cursorOf, pageOf } from './lists.js';
import { ApiQueryError, oneOf } from './question.js';
import { shape } from './shape.js';

const ROWS_AT_A_TIME = 500;
const FORMATS = ['json', 'ndjson', 'csv'] as const;
const TYPES = {
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
};

/** A list as a file, newest first, in pieces: whoever sends goes on meanwhile. */
export function sendExport(response: ServerResponse, { parts, search, id }: ApiQuery): void {
  if (id === undefined || !Object.hasOwn(LISTS, id)) {
    throw new ApiQueryError('list', Object.keys(LISTS).join(', '), id);
  }
  const name = id as ListName;
  const format = oneOf(search, 'format', FORMATS, 'json');
  response.writeHead(200, {
    'content-type': TYPES[format],
    'content-disposition': `attachment; filename="countly-${name}.${format}"`,
    'cache-control': 'no-store',
  });
  void write(response, { parts, search, id }, name, format).catch(() => response.destroy());
}

async function write(
  response: ServerResponse,
  { parts, search }: ApiQuery,
  name: ListName,
  format: (typeof FORMATS)[number],
): Promise<void> {
  const list = LISTS[name];
  const conditions = conditionsOf(list, search);
  const asked = new URLSearchParams(search);
  let columns: string[] | undefined;
  let count = 0;
  if (format === 'json') response.write('[');
  for (;;) {
    const rows = pageOf(parts, list, conditions, asked, ROWS_AT_A_TIME);
    columns ??= rows[0] && Object.keys(rows[0]);
    const lines = rows.map((row) => lineOf(row, format, columns ?? []));
    const head = format === 'csv' && count === 0 && columns !== undefined ? csvLine(columns) : '';
    count += rows.length;
    const isFirst = count === rows.length;
    const text = format === 'json' ? (isFirst || lines.length === 0 ? '' : ',\n') + lines.join(',\n') : lines.join('');
    if (response.destroyed) return;
    if (!response.write(head + text)) await once(response, 'drain');
    if (rows.length < ROWS_AT_A_TIME) break;
    asked.set('cursor', cursorOf(list, rows.at(-1) ?? {}));
    await new Promise(setImmediate);
  }
  response.end(format === 'json' ? ']\n' : '');
}

function lineOf(row: Readonly<Record<string, SqlValue>>, format: string, columns: readonly string[]): string {
  switch (format) {
    case 'csv':
      return csvLine(columns.map((column) => row[column] ?? null));
    case 'ndjson':
      return `${JSON.stringify(shape(row))}\n`;
    default:
      return JSON.stringify(shape(row));
  }
}
