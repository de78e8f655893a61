import type { ApiQuery } from './api-query.js';
import { countRejected } from './rejections.js';

const MINUTES = 30;

/** The numbers at the top of the page, and how many events came in each of the last minutes. */
export function readSummary({ parts }: ApiQuery): unknown {
  const { database } = parts.store;
  const { settings, options } = parts;
  const now = Date.now();
  const totals = database
    .prepare(
      `SELECT (SELECT count(*) FROM requests) AS requests, (SELECT count(*) FROM entries) AS entries,
              (SELECT count(*) FROM devices WHERE counted = 1) AS devices,
              (SELECT count(*) FROM events WHERE key <> '[CLY]_view') AS events,
              (SELECT count(*) FROM views WHERE visit = 1) AS views, (SELECT count(*) FROM sessions) AS sessions,
              (SELECT count(*) FROM sessions WHERE ended_at IS NULL) AS open_sessions,
              (SELECT count(*) FROM crashes) AS errors, (SELECT count(*) FROM traces) AS traces,
              (SELECT count(*) FROM user_profiles) AS profiles,
              (SELECT coalesce(sum(occurrences), 0) FROM problems WHERE level = 'E') AS problems_e,
              (SELECT coalesce(sum(occurrences), 0) FROM problems WHERE level = 'W') AS problems_w,
              (SELECT coalesce(sum(occurrences), 0) FROM problems WHERE level = 'N') AS problems_n`,
    )
    .first();
  const since = (Math.floor(now / 60_000) - MINUTES + 1) * 60_000;
  const minutes = database
    .prepare<{ minute: number; requests: number; events: number }>(
      `SELECT CAST((received_at - ?) / 60000 AS INTEGER) AS minute, count(*) AS requests, sum(event_count) AS events
       FROM requests WHERE received_at >= ? GROUP BY 1`,
    )
    .all(since, since);
  const activity = Array.from({ length: MINUTES }, (_, minute) => ({
    at: since + minute * 60_000,
    requests: minutes.find((row) => row.minute === minute)?.requests ?? 0,
    events: minutes.find((row) => row.minute === minute)?.events ?? 0,
  }));
  return {
    now,
    totals: { ...totals, rejected: countRejected(database) },
    activity,
    server: {
      database: options.database,
      appKey: settings.appKey ?? null,
      salted: settings.salt !== undefined,
      paused: settings.paused,
      faults: parts.faults.list().length,
    },
  };
}
