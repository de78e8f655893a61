import type { ApiQuery } from './api-query.js';
import { readPercentiles } from './histograms.js';
import { recentFrom } from './recent.js';

interface ViewRow {
  name: string;
  visits: number;
  landings: number;
  devices: number;
  seconds: number | null;
  last: number;
}

/** Visits and time spent by name of view; percentiles in milliseconds. */
export function readViewNames({ parts }: ApiQuery): unknown {
  const { database } = parts.store;
  const from = recentFrom(database, 'views');
  const names = database
    .prepare<ViewRow>(
      `SELECT name, count(*) AS visits, sum(landing) AS landings, count(DISTINCT device_id) AS devices,
              sum(duration) AS seconds, max(timestamp) AS last
       FROM views WHERE id > ? GROUP BY name ORDER BY visits DESC, name LIMIT 500`,
    )
    .all(from);
  const percentiles = readPercentiles(database, {
    table: 'views',
    group: 'name',
    milliseconds: 'duration * 1000.0',
    from,
  });
  return {
    names: names.map((row) => ({
      ...row,
      p50: percentiles.get(row.name)?.p50 ?? null,
      p95: percentiles.get(row.name)?.p95 ?? null,
    })),
  };
}
