import type { ApiQuery } from './api-query.js';
import { readHistograms, readPercentiles } from './histograms.js';
import { BUCKETS_MS, countOf, MEASURED_ROWS, measuredFrom } from './measured.js';

interface TraceRow {
  id: string;
  type: string;
  name: string;
  count: number;
  max: number | null;
  failed: number;
  last: number;
}

/** Durations of the traces by type and name, in milliseconds. `failed` counts network answers of 400 and more. */
export function readTraceNames({ parts }: ApiQuery): unknown {
  const { database } = parts.store;
  const group = "type || ' ' || name";
  const names = database
    .prepare<TraceRow>(
      `SELECT ${group} AS id, type, name, count(*) AS count, max(duration) AS max,
              sum(coalesce(response_code, 0) >= 400) AS failed, max(timestamp) AS last
       FROM traces GROUP BY type, name ORDER BY count DESC, name LIMIT 500`,
    )
    .all();
  const from = measuredFrom(database, 'traces');
  const source = { table: 'traces', group, milliseconds: 'duration', from };
  const histograms = readHistograms(database, source);
  const percentiles = readPercentiles(database, source);
  return {
    buckets: BUCKETS_MS,
    total: countOf(database, `SELECT count(DISTINCT ${group}) AS n FROM traces`),
    measured: MEASURED_ROWS,
    names: names.map(({ id, ...row }) => ({
      ...row,
      histogram: histograms.get(id) ?? null,
      p50: percentiles.get(id)?.p50 ?? null,
      p95: percentiles.get(id)?.p95 ?? null,
    })),
  };
}
