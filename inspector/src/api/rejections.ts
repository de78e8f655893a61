import type { SqlDatabase } from '../sql/sql.js';
import type { ApiQuery } from './api-query.js';
import { countOf } from './measured.js';
import { remedyFor } from './remedies.js';

interface Group {
  target: string;
  status: number | null;
  answer: string | null;
  app_key: string | null;
  count: number;
  last: number;
  request_id: number;
}

/** What came to the address of a server; a browser that asks for an icon is none of it. */
const TO_A_SERVER = "(r.endpoint <> 'other' OR r.method = 'POST' OR r.app_key IS NOT NULL)";

/** Requests that were refused, and parts of accepted ones that were: of a bulk nobody tells the sender. */
const REFUSED = `
  SELECT r.id AS request_id, r.received_at AS at, r.status, r.reply ->> '$.result' AS answer, r.app_key,
         r.method || ' ' || r.path AS target
  FROM requests r
  WHERE (r.outcome = 'rejected' OR (r.outcome = 'ignored' AND r.entry_count = 0)) AND ${TO_A_SERVER}
  UNION ALL
  SELECT r.id, r.received_at, r.status, e.info, e.app_key,
         CASE r.endpoint WHEN 'bulk' THEN 'entry of ' ELSE '' END || r.method || ' ' || r.path
  FROM entries e JOIN requests r ON r.id = e.request_id
  WHERE e.outcome IN ('rejected', 'lost', 'skipped', 'ignored')`;

/** How many requests were refused, in whole or in part. */
export function countRejected(database: SqlDatabase): number {
  return countOf(database, `SELECT count(DISTINCT request_id) AS n FROM (${REFUSED})`);
}

/** What was refused, why, and whose app key it had, newest first; `requests` is what came in all. */
export function readRejections({ parts }: ApiQuery): unknown {
  const { database } = parts.store;
  const groups = database
    .prepare<Group>(
      `SELECT target, status, answer, app_key, count(*) AS count, max(at) AS last, max(request_id) AS request_id
       FROM (${REFUSED}) GROUP BY target, status, answer, app_key ORDER BY request_id DESC LIMIT 50`,
    )
    .all();
  return {
    rejected: countRejected(database),
    requests: countOf(database, `SELECT count(*) AS n FROM requests r WHERE ${TO_A_SERVER} AND r.endpoint <> 'ping'`),
    groups: groups.map((group) => ({ ...group, remedy: remedyFor(group.answer ?? '', parts.settings) })),
  };
}
