import type { ApiQuery } from './api-query.js';
import { shape } from './shape.js';

/** One request as it came, with what became of its entries and what was wrong with it. */
export function readRequest({ parts, id }: ApiQuery): unknown {
  const { database } = parts.store;
  const request = database.prepare('SELECT * FROM requests WHERE id = ?').first(Number(id));
  if (request === undefined) return undefined;
  return {
    request: shape(request),
    entries: database.prepare('SELECT * FROM entries WHERE request_id = ? ORDER BY id').all(Number(id)).map(shape),
    problems: database.prepare('SELECT * FROM problems WHERE request_id = ? ORDER BY id').all(Number(id)).map(shape),
  };
}
