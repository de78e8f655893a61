import { openSqlReadOnly, type SqlParameter, type SqlValue } from './sql/sql.js';

/** A database file of the inspector, opened for reading only. */
export interface InspectorReader {
  /** Reads with SQL; `?` are filled from `parameters`. */
  query<Row = Record<string, SqlValue>>(sql: string, ...parameters: SqlParameter[]): Row[];
  close(): void;
}

/**
 * Opens the database file of an inspector that may be running in another process.
 *
 * @example
 * const reader = openReadOnly('inspector.db');
 * reader.query('SELECT count(*) AS n FROM events WHERE device_id = ?', 'ann');
 */
export function openReadOnly(path: string): InspectorReader {
  const database = openSqlReadOnly(path);
  return {
    query: <Row>(sql: string, ...parameters: SqlParameter[]) => database.prepare<Row>(sql).all(...parameters),
    close: () => database.close(),
  };
}
