import type { SqlDatabase } from '../sql/sql.js';
import { MADE_KINDS, MADE_TABLES, type MadeBy, type MadeKind } from './made-by.js';
import type { MadeRequest } from './offer.js';

/** A row that now says who made it. */
export interface LinkedRow {
  readonly kind: MadeKind;
  readonly id: number;
  readonly method: number | null;
  readonly unit: string | null;
}

export interface Linked {
  readonly requestId: number;
  readonly rows: readonly LinkedRow[];
}

interface Row {
  readonly id: number;
  /** Null in a row of an earlier version. */
  readonly entry_id: number | null;
  readonly place: number;
  readonly label: string;
}

/** Writes into the rows of a request which method and which host request made them. */
export function linkRows(
  database: SqlDatabase,
  { body, entries }: MadeRequest,
  methodsOf: (client: string | null) => ReadonlyMap<number, number> | undefined,
  madeBy: MadeBy,
): Linked | undefined {
  const request = database
    .prepare<{ id: number }>('SELECT id FROM requests WHERE body_sha256 = ? ORDER BY id DESC LIMIT 1')
    .first(body);
  if (request === undefined) return undefined;
  const places = database
    .prepare<{ id: number; position: number }>('SELECT id, position FROM entries WHERE request_id = ?')
    .all(request.id);
  const positions = new Map(places.map(({ id, position }) => [id, position]));
  const linked: LinkedRow[] = [];
  for (const kind of MADE_KINDS) {
    const { table, label } = MADE_TABLES[kind];
    const place = kind === 'event' || kind === 'view' ? 'place' : '0';
    const rows = database
      .prepare<Row>(
        `SELECT id, entry_id, ${place} AS place, ${label} AS label FROM ${table} WHERE request_id = ? AND method IS NULL AND unit IS NULL`,
      )
      .all(request.id);
    const update = database.prepare(`UPDATE ${table} SET method = ?, unit = ? WHERE id = ?`);
    for (const row of rows) {
      const maker = entries[positions.get(row.entry_id ?? -1) ?? -1]?.[row.place];
      const method = (maker?.ref == null ? undefined : methodsOf(maker.client)?.get(maker.ref)) ?? null;
      const unit = maker?.unit ?? null;
      if (method === null && unit === null) continue;
      update.run(method, unit, row.id);
      if (method !== null) madeBy.add(kind, row.label, method);
      linked.push({ kind, id: row.id, method, unit });
    }
  }
  return { requestId: request.id, rows: linked };
}

/** Counts what the rows of a file say already. */
export function recountLinks(database: SqlDatabase, madeBy: MadeBy): void {
  for (const kind of MADE_KINDS) {
    const { table, label } = MADE_TABLES[kind];
    const rows = database
      .prepare<{ label: string; method: number; n: number }>(
        `SELECT ${label} AS label, method, count(*) AS n FROM ${table} WHERE method IS NOT NULL GROUP BY 1, 2`,
      )
      .all();
    for (const { label: key, method, n } of rows) madeBy.add(kind, key, method, n);
  }
}
