import { openSql, type SqlDatabase } from '../sql/sql.js';
import { createDeviceStore, type DeviceStore } from './device-row.js';
import { type Inserts, prepareInserts } from './inserts.js';
import { SCHEMA, TABLES } from './schema.js';

/** The database file and everything prepared on it. */
export interface Store {
  readonly database: SqlDatabase;
  readonly devices: DeviceStore;
  readonly insert: Inserts;
  /** Runs `work` in one transaction: all of it is stored or nothing. */
  transaction<Result>(work: () => Result): Result;
  /** Ids are handed out before the rows are written, because a request's outcome is known only at its end. */
  nextRequestId(): number;
  nextEntryId(): number;
  /** Empties every table. */
  reset(): void;
  close(): void;
}

/** The file cannot be opened, or is no database of ours. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

function openDatabase(path: string): SqlDatabase {
  try {
    const database = openSql(path);
    database.exec(SCHEMA);
    return database;
  } catch (error) {
    throw new DatabaseError(`database "${path}" cannot be opened: ${(error as Error).message}`, { cause: error });
  }
}

export function openStore(path: string): Store {
  const database = openDatabase(path);
  const highest = (table: string): number =>
    database.prepare<{ id: number }>(`SELECT coalesce(max(id), 0) AS id FROM ${table}`).first()?.id ?? 0;
  let requestId = highest('requests');
  let entryId = highest('entries');
  const transaction = <Result>(work: () => Result): Result => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  };
  return {
    database,
    devices: createDeviceStore(database),
    insert: prepareInserts(database),
    transaction,
    nextRequestId: () => ++requestId,
    nextEntryId: () => ++entryId,
    reset: () =>
      transaction(() => {
        for (const table of TABLES) database.exec(`DELETE FROM ${table}`);
      }),
    close: () => database.close(),
  };
}
