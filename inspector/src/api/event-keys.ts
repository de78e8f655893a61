import type { ApiQuery } from './api-query.js';
import { readHistograms, readPercentiles } from './histograms.js';
import { BUCKETS_MS, recentFrom } from './recent.js';

interface KeyRow {
  key: string;
  events: number;
  count: number;
  sum: number | null;
  dur: number | null;
  timed: number;
  devices: number;
  last: number;
}

/** What was counted for each event key, with its durations. */
export function readEventKeys({ parts }: ApiQuery): unknown {
  const { database } = parts.store;
  const from = recentFrom(database, 'events');
  const keys = database
    .prepare<KeyRow>(
      `SELECT key, count(*) AS events, sum(count) AS count, sum(sum) AS sum, sum(dur) AS dur, count(dur) AS timed,
              count(DISTINCT device_id) AS devices, max(timestamp) AS last
       FROM events WHERE id > ? GROUP BY key ORDER BY count DESC, key LIMIT 500`,
    )
    .all(from);
  const source = { table: 'events', group: 'key', milliseconds: 'dur * 1000.0', from };
  const histograms = readHistograms(database, source);
  const percentiles = readPercentiles(database, source);
  return {
    buckets: BUCKETS_MS,
    keys: keys.map((row) => ({
      ...row,
      histogram: histograms.get(row.key) ?? null,
      p50: percentiles.get(row.key)?.p50 ?? null,
      p95: percentiles.get(row.key)?.p95 ?? null,
    })),
  };
}
