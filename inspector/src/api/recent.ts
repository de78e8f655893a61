import type { SqlDatabase } from '../sql/sql.js';

/** Statistics look at this many newest rows, so that the page stays fast on a file of millions. */
export const RECENT_ROWS = 50_000;

/** The lowest id that statistics of this table still look at. */
export function recentFrom(database: SqlDatabase, table: string): number {
  const last = database.prepare<{ id: number }>(`SELECT coalesce(max(id), 0) AS id FROM ${table}`).first();
  return Math.max(0, (last?.id ?? 0) - RECENT_ROWS);
}

/** Upper bounds of the duration histogram in milliseconds; a last bucket takes the rest. */
export const BUCKETS_MS = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000] as const;

/** SQL that sorts an expression in milliseconds into a bucket number. */
export function bucketSql(milliseconds: string): string {
  const cases = BUCKETS_MS.map((bound, index) => `WHEN ${milliseconds} <= ${bound} THEN ${index}`).join(' ');
  return `CASE ${cases} ELSE ${BUCKETS_MS.length} END`;
}
