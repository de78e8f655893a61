import type { SqlDatabase } from '../sql/sql.js';
import { BUCKETS_MS, bucketSql } from './measured.js';

interface BucketRow {
  name: string;
  bucket: number;
  n: number;
}

export interface DurationSource {
  table: string;
  /** SQL expression that names the group. */
  group: string;
  /** SQL expression of the duration in milliseconds. */
  milliseconds: string;
  from: number;
}

/** For each group the number of durations in each bucket of `BUCKETS_MS`. */
export function readHistograms(database: SqlDatabase, source: DurationSource): Map<string, number[]> {
  const rows = database
    .prepare<BucketRow>(
      `SELECT ${source.group} AS name, ${bucketSql(source.milliseconds)} AS bucket, count(*) AS n FROM ${source.table}
       WHERE id > ? AND ${source.milliseconds} IS NOT NULL GROUP BY 1, 2`,
    )
    .all(source.from);
  const histograms = new Map<string, number[]>();
  for (const { name, bucket, n } of rows) {
    const counts = histograms.get(name) ?? new Array<number>(BUCKETS_MS.length + 1).fill(0);
    counts[bucket] = n;
    histograms.set(name, counts);
  }
  return histograms;
}

interface PercentileRow {
  name: string;
  p50: number;
  p95: number;
}

/** For each group the 50th and 95th percentile (nearest rank) in milliseconds. */
export function readPercentiles(database: SqlDatabase, source: DurationSource): Map<string, PercentileRow> {
  const rows = database
    .prepare<PercentileRow>(
      `SELECT name, min(CASE WHEN place >= 0.5 * total THEN ms END) AS p50,
                    min(CASE WHEN place >= 0.95 * total THEN ms END) AS p95
       FROM (SELECT ${source.group} AS name, ${source.milliseconds} AS ms,
                    row_number() OVER (PARTITION BY ${source.group} ORDER BY ${source.milliseconds}) AS place,
                    count(*) OVER (PARTITION BY ${source.group}) AS total
             FROM ${source.table} WHERE id > ? AND ${source.milliseconds} IS NOT NULL) GROUP BY name`,
    )
    .all(source.from);
  return new Map(rows.map((row) => [row.name, row]));
}
