import type { CollectorParts } from '../http/collector.js';
import { VERSION } from '../version.js';
import type { ApiQuery } from './api-query.js';
import type { Summary, Totals } from './contract/status.js';

const MINUTE_MS = 60_000;
const MINUTES = 30;

/** The numbers at the top of the page, and how many events came in each of the last minutes. */
export function readSummary({ parts }: ApiQuery): Summary {
  const { settings, options, faults, numbers } = parts;
  const now = Date.now();
  const since = (Math.floor(now / MINUTE_MS) - MINUTES + 1) * MINUTE_MS;
  const sums = numbers.timeLine.sums(since, MINUTE_MS, MINUTES);
  return {
    now,
    totals: totalsOf(parts),
    activity: sums.events.map((events, minute) => ({
      at: since + minute * MINUTE_MS,
      requests: sums.requests[minute] ?? 0,
      events,
    })),
    server: {
      database: options.database,
      appKey: settings.appKey ?? null,
      salted: settings.salt !== undefined,
      paused: settings.paused,
      faults: faults.list().length,
      version: VERSION,
      url: parts.address.url,
    },
  };
}

function totalsOf({ numbers, store }: CollectorParts): Totals {
  // Both are counted in indexes of a few bytes a row; they shrink when people become one.
  const people = store.database
    .prepare<Pick<Totals, 'devices' | 'open_sessions' | 'profiles'>>(
      `SELECT (SELECT count(*) FROM devices WHERE counted = 1) AS devices,
              (SELECT count(*) FROM sessions WHERE ended_at IS NULL) AS open_sessions,
              (SELECT count(*) FROM user_profiles) AS profiles`,
    )
    .first() ?? { devices: 0, open_sessions: 0, profiles: 0 };
  const { requests, events, views, crashes, traces, problems, sessions } = numbers;
  return {
    ...people,
    requests: requests.rows,
    entries: requests.entries,
    events: events.events,
    views: views.visits,
    sessions,
    errors: crashes.rows,
    traces: traces.rows,
    problems_e: problems.occurrences('E'),
    problems_w: problems.occurrences('W'),
    problems_n: problems.occurrences('N'),
    rejected: requests.rejected,
  };
}
