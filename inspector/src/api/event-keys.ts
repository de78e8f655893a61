import type { ApiQuery } from './api-query.js';
import { readHistograms, readPercentiles } from './histograms.js';
import { BUCKETS_MS, countOf, MEASURED_ROWS, measuredFrom } from './measured.js';

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

/** What was counted for each event key. Views are counted apart, here as everywhere. */
export function readEventKeys({ parts }: ApiQuery): unknown {
  const { database } = parts.store;
  const keys = database
    .prepare<KeyRow>(
      // `total` adds up as floating point: a sum of whole numbers beyond 64 bits would be an error.
      `SELECT key, count(*) AS events, total(count) AS count, sum(sum) AS sum, sum(dur) AS dur, count(dur) AS timed,
              count(DISTINCT device_id) AS devices, max(timestamp) AS last
       FROM events WHERE key <> '[CLY]_view' GROUP BY key ORDER BY events DESC, key LIMIT 500`,
    )
    .all();
  const from = measuredFrom(database, 'events');
  const source = { table: 'events', group: 'key', milliseconds: 'dur * 1000.0', from };
  const histograms = readHistograms(database, source);
  const percentiles = readPercentiles(database, source);
  return {
    buckets: BUCKETS_MS,
    total: countOf(database, "SELECT count(DISTINCT key) AS n FROM events WHERE key <> '[CLY]_view'"),
    measured: MEASURED_ROWS,
    keys: keys.map((row) => ({
      ...row,
      histogram: histograms.get(row.key) ?? null,
      p50: percentiles.get(row.key)?.p50 ?? null,
      p95: percentiles.get(row.key)?.p95 ?? null,
    })),
  };
}
