import type { ApiQuery } from './api-query.js';

/** Problems by row of docs/protocol.md §13, the worst first, each with its newest message. */
export function readProblemGroups({ parts }: ApiQuery): unknown {
  // SQLite takes the other columns of a group from the row that holds the maximum: the newest problem.
  const groups = parts.store.database
    .prepare(
      `SELECT "row", level, title, server, remedy, sum(occurrences) AS occurrences, count(*) AS findings, count(DISTINCT device_id) AS devices,
              max(id) AS id, at AS last, message, device_id, request_id
       FROM problems GROUP BY "row" ORDER BY CASE level WHEN 'E' THEN 0 WHEN 'W' THEN 1 ELSE 2 END, id DESC`,
    )
    .all();
  return { groups };
}
