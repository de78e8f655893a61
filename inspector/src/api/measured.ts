import type { SqlDatabase } from '../sql/sql.js';

/**
 * Percentiles and histograms look at this many newest rows, so that the page stays fast on a file of millions; the API
 * says so as `measured`. Counts and sums are of all rows.
 */
export const MEASURED_ROWS = 50_000;

/** The lowest id that percentiles and histograms of this table still look at. */
export function measuredFrom(database: SqlDatabase, table: string): number {
  return Math.max(0, countOf(database, `SELECT coalesce(max(id), 0) AS n FROM ${table}`) - MEASURED_ROWS);
}

/** The number a statement selects as `n`. */
export function countOf(database: SqlDatabase, sql: string): number {
  return database.prepare<{ n: number }>(sql).first()?.n ?? 0;
}

/** Upper bounds of the duration histogram in milliseconds; a last bucket takes the rest. */
export const BUCKETS_MS = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000] as const;

/** SQL that sorts an expression in milliseconds into a bucket number. */
export function bucketSql(milliseconds: string): string {
  const cases = BUCKETS_MS.map((bound, index) => `WHEN ${milliseconds} <= ${bound} THEN ${index}`).join(' ');
  return `CASE ${cases} ELSE ${BUCKETS_MS.length} END`;
}
