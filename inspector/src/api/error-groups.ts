import type { ApiQuery } from './api-query.js';
import { countOf } from './measured.js';
import { shape } from './shape.js';

/** Crashes by group, as a server files them, each with its newest report. */
export function readErrorGroups({ parts }: ApiQuery): unknown {
  const { database } = parts.store;
  // SQLite takes the other columns of a group from the row that holds the maximum: the newest report.
  const groups = database
    .prepare(
      `SELECT group_hash, count(*) AS reports, count(DISTINCT device_id) AS devices, min(timestamp) AS first,
              max(id) AS id, timestamp AS last, name, error, nonfatal, logs, custom, app_version, os, device_id, request_id
       FROM crashes WHERE group_hash IS NOT NULL GROUP BY group_hash ORDER BY id DESC LIMIT 200`,
    )
    .all();
  const total = countOf(database, 'SELECT count(DISTINCT group_hash) AS n FROM crashes');
  return { groups: groups.map(shape), total };
}
