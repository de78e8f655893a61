import type { SqlDatabase, SqlParameter } from './sql.js';

/** Writes one row given by column name and returns its id. */
export type Insert<Column extends string> = (row: Readonly<Record<Column, SqlParameter>>) => number;

/** Prepares `INSERT` once for a fixed list of columns, so that call sites name columns instead of counting commas. */
export function prepareInsert<Column extends string>(
  database: SqlDatabase,
  table: string,
  columns: readonly Column[],
): Insert<Column> {
  const names = columns.map((column) => `"${column}"`).join(', ');
  const places = columns.map(() => '?').join(', ');
  const statement = database.prepare(`INSERT INTO ${table} (${names}) VALUES (${places})`);
  return (row) => {
    const values: SqlParameter[] = [];
    for (const column of columns) values.push(row[column]);
    return statement.run(...values);
  };
}
