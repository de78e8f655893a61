import type { ApiQuery } from './api-query.js';
import type { RequestDetail } from './contract/lists.js';
import { shape } from './shape.js';

const MOST_SHOWN = 200;

/** One request as it came, with what became of its entries, what a server counts of it, and what was wrong with it. */
export function readRequest({ parts, id }: ApiQuery): RequestDetail | undefined {
  const { database } = parts.store;
  const request = database.prepare('SELECT * FROM requests WHERE id = ?').first(Number(id));
  if (request === undefined) return undefined;
  const rowsOf = <Rows>(table: string, most = -1): Rows =>
    database
      .prepare(`SELECT * FROM ${table} WHERE request_id = ? ORDER BY id LIMIT ?`)
      .all(Number(id), most)
      .map(shape) as unknown as Rows;
  return {
    request: shape(request) as unknown as RequestDetail['request'],
    entries: rowsOf('entries'),
    problems: rowsOf('problems'),
    events: rowsOf('events', MOST_SHOWN),
    views: rowsOf('views', MOST_SHOWN),
    errors: rowsOf('crashes', MOST_SHOWN),
    traces: rowsOf('traces', MOST_SHOWN),
  };
}
