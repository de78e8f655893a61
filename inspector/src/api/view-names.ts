import type { ApiQuery } from './api-query.js';
import { readPercentiles } from './histograms.js';
import { countOf, MEASURED_ROWS, measuredFrom } from './measured.js';

interface ViewRow {
  name: string;
  visits: number;
  visitors: number;
  landings: number;
  devices: number;
  seconds: number | null;
  last: number;
}

/**
 * Visits and time spent by name of view; percentiles in milliseconds. `visitors` is what a server shows as unique
 * visitors, which may be more than there are `devices` (docs/protocol.md §17.4).
 */
export function readViewNames({ parts }: ApiQuery): unknown {
  const { database } = parts.store;
  const names = database
    .prepare<ViewRow>(
      `SELECT name, sum(visit) AS visits, sum(new_visitor) AS visitors, sum(landing) AS landings,
              count(DISTINCT device_id) AS devices, sum(duration) AS seconds, max(timestamp) AS last
       FROM views GROUP BY name ORDER BY visits DESC, name LIMIT 500`,
    )
    .all();
  const percentiles = readPercentiles(database, {
    table: 'views',
    group: 'name',
    milliseconds: 'duration * 1000.0',
    from: measuredFrom(database, 'views'),
  });
  return {
    total: countOf(database, 'SELECT count(DISTINCT name) AS n FROM views'),
    measured: MEASURED_ROWS,
    names: names.map((row) => ({
      ...row,
      p50: percentiles.get(row.name)?.p50 ?? null,
      p95: percentiles.get(row.name)?.p95 ?? null,
    })),
  };
}
