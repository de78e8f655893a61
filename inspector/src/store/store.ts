import { SEARCH_SCHEMA } from '../search/search-index.js';
import { openSql, type SqlDatabase, writeAhead } from '../sql/sql.js';
import { claimDatabaseFile, type DatabaseFile } from './database-file.js';
import { databaseTrouble } from './database-trouble.js';
import { createDeviceStore, type DeviceStore } from './device-row.js';
import { type Inserts, prepareInserts } from './inserts.js';
import { KEPT_TABLES, SCHEMA, SCHEMA_VERSION, TABLES, UPGRADES } from './schema.js';

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
  /** Closes, and removes the file when it was made by this start. */
  discard(): void;
}

/** The file cannot be opened, or is no database of ours. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

export function openStore(path: string): Store {
  const fail = (error: unknown): never => {
    const reason = databaseTrouble(error) ?? (error as Error).message;
    throw new DatabaseError(`database "${path}" cannot be opened: ${reason}`, { cause: error });
  };
  let file: DatabaseFile | undefined;
  let database: SqlDatabase | undefined;
  try {
    file = claimDatabaseFile(path);
    database = openSql(path);
    const missing = missingIn(database);
    file.secure();
    writeAhead(database);
    prepareSchema(database, missing);
    return createStore(database, file);
  } catch (error) {
    database?.close();
    file?.discard();
    return fail(error);
  }
}

/** What an earlier version did not make. A foreign file has other tables, and is not touched. */
function missingIn(database: SqlDatabase): string | undefined {
  const first = (sql: string): number => database.prepare<{ n: number }>(sql).first()?.n ?? 0;
  const isEmpty = first('SELECT count(*) AS n FROM sqlite_master') === 0;
  const version = first('SELECT user_version AS n FROM pragma_user_version');
  if (!isEmpty && version === SCHEMA_VERSION) return undefined;
  const upgrade = isEmpty ? '' : UPGRADES.get(version);
  if (upgrade === undefined) {
    const remedy = version > SCHEMA_VERSION ? 'use the later one, or delete it' : 'delete it';
    throw new Error(`it was not written by this version of the inspector; ${remedy} if nothing in it is needed`);
  }
  return upgrade;
}

/** Makes the tables of an empty file, and what is new in one of an earlier version: all of it or nothing. */
function prepareSchema(database: SqlDatabase, missing: string | undefined): void {
  if (missing === undefined) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec(missing);
    database.exec(SCHEMA);
    database.exec(SEARCH_SCHEMA);
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    database.exec('COMMIT');
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

function createStore(database: SqlDatabase, file: DatabaseFile): Store {
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
      rollBack(database);
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
        for (const table of TABLES) if (!KEPT_TABLES.has(table)) database.exec(`DELETE FROM ${table}`);
      }),
    close: () => {
      database.close();
      file.release();
    },
    discard: () => {
      database.close();
      file.discard();
    },
  };
}

/** SQLite rolls back by itself when the disk is full; a second time is an error that would hide the first one. */
function rollBack(database: SqlDatabase): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // Nothing is left to take back.
  }
}
