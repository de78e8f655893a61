import Libsql from 'libsql';

/** A value SQLite hands back. */
export type SqlValue = string | number | null;

/** A value that may be bound to a `?`. Booleans are stored as 0 and 1, `undefined` and `NaN` as NULL. */
export type SqlParameter = SqlValue | boolean | undefined;

/** One prepared statement; `Row` is the shape its SELECT list promises. */
export interface SqlStatement<Row = Record<string, SqlValue>> {
  /** Runs the statement and returns the id of the last inserted row. */
  run(...parameters: SqlParameter[]): number;
  first(...parameters: SqlParameter[]): Row | undefined;
  all(...parameters: SqlParameter[]): Row[];
}

/** The part of SQLite the inspector uses. */
export interface SqlDatabase {
  /** Prepares once for each text; asking again is cheap. */
  prepare<Row = Record<string, SqlValue>>(sql: string): SqlStatement<Row>;
  exec(sql: string): void;
  close(): void;
}

const MAX_PREPARED = 500;
/** While it waits for another program's lock, nothing else happens in this process; whoever sent a request repeats it. */
const WRITER_PATIENCE_MS = 50;
const NUL = /\0/g;

// The native binding aborts the whole process on a boolean and cuts a text at its first NUL, so nothing reaches it unchecked.
function bindable(value: SqlParameter): SqlValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return value.includes('\0') ? value.replace(NUL, '\u2400') : value;
}

function countPlaceholders(sql: string): number {
  return sql.replace(/'[^']*'/g, '').split('?').length - 1;
}

/** Opens (or creates) a database file. Nothing of it is changed yet. */
export function openSql(path: string): SqlDatabase {
  const native = new Libsql(path);
  native.exec(`PRAGMA busy_timeout = ${WRITER_PATIENCE_MS}`);
  return wrap(native);
}

/** Write-ahead logging, so that other processes can read while we write. */
export function writeAhead(database: SqlDatabase): void {
  // In memory there is no such thing, and SQLite lets it be.
  database.exec('PRAGMA journal_mode = WAL');
  // Nothing is lost when this process dies; only a power cut could cost the last moments of a development database.
  database.exec('PRAGMA synchronous = OFF');
  database.exec('PRAGMA wal_autocheckpoint = 4000');
}

/** Opens an existing database file for reading only; a write through it fails. */
export function openSqlReadOnly(path: string): SqlDatabase {
  const native = new Libsql(path, { fileMustExist: true });
  native.exec('PRAGMA busy_timeout = 5000');
  // The driver ignores its own `readonly` option; this pragma is enforced by SQLite itself.
  native.exec('PRAGMA query_only = ON');
  return wrap(native);
}

/** Takes an exclusive lock of the operating system on a file, or `undefined` when somebody has it. */
export function lockExclusively(path: string): { release(): void } | undefined {
  const native = new Libsql(path);
  try {
    native.exec('PRAGMA busy_timeout = 0');
    native.exec('PRAGMA journal_mode = MEMORY');
    native.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    native.close();
    if ((error as { code?: string }).code === 'SQLITE_BUSY') return undefined;
    throw error;
  }
  return { release: () => native.close() };
}

function wrap(native: Libsql.Database): SqlDatabase {
  const prepared = new Map<string, SqlStatement<unknown>>();
  return {
    prepare<Row>(sql: string): SqlStatement<Row> {
      const known = prepared.get(sql);
      if (known !== undefined) return known as SqlStatement<Row>;
      const statement = native.prepare<[SqlValue[]]>(sql);
      const expected = countPlaceholders(sql);
      const bind = (parameters: SqlParameter[]): SqlValue[] => {
        if (parameters.length !== expected) {
          throw new RangeError(`SQL statement takes ${expected} parameters, got ${parameters.length}: ${sql}`);
        }
        for (let index = 0; index < expected; index += 1) parameters[index] = bindable(parameters[index]);
        return parameters as SqlValue[];
      };
      const wrapped: SqlStatement<Row> = {
        run: (...parameters) => Number(statement.run(bind(parameters)).lastInsertRowid),
        first: (...parameters) => statement.all(bind(parameters))[0] as Row | undefined,
        all: (...parameters) => statement.all(bind(parameters)) as Row[],
      };
      if (prepared.size >= MAX_PREPARED) prepared.clear();
      prepared.set(sql, wrapped);
      return wrapped;
    },
    exec: (sql) => {
      native.exec(sql);
    },
    close: () => {
      native.close();
    },
  };
}
