import type { Inspector } from '../inspector.js';

const MOST_SHOWN = 20;

/** Everything that is wrong with what came, in words; empty when a strict run may pass. */
export function complaintsOf(inspector: Inspector): string[] {
  const refused = inspector.query<{ status: number; reply: string | null; n: number }>(
    "SELECT status, reply, count(*) AS n FROM requests WHERE status >= 400 AND fault IS NULL AND endpoint IN ('i', 'bulk') GROUP BY status, reply",
  );
  const problems = inspector.query<{ title: string; n: number }>(
    "SELECT title, sum(occurrences) AS n FROM problems WHERE level = 'E' GROUP BY title ORDER BY n DESC",
  );
  const planned = inspector.planReport()?.keys.filter(({ bad }) => bad > 0) ?? [];
  const all = [
    ...refused.map(({ status, reply, n }) => `${times(n)} answered ${status} ${reply ?? ''}`.trim()),
    ...problems.map(({ title, n }) => `${times(n)} ${title}`),
    ...planned.map(
      ({ kind, key, bad, problems }) =>
        `${times(bad)} ${kind} ${JSON.stringify(key)}: ${problems.map(({ problem }) => problem).join(', ')}`,
    ),
  ];
  return all.length > MOST_SHOWN ? [...all.slice(0, MOST_SHOWN), `and ${all.length - MOST_SHOWN} more`] : all;
}

function times(n: number): string {
  return `${n}×`;
}
