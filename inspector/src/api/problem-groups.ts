import type { ApiQuery } from './api-query.js';
import type { ProblemGroup, ProblemGroups } from './contract/names.js';

const LEVELS = 'EWN';

/** Problems by row of docs/protocol.md §13, the worst first, each with its newest message. */
export function readProblemGroups({ parts }: ApiQuery): ProblemGroups {
  const newest = parts.store.database.prepare<ProblemGroup>(
    'SELECT "row", level, title, server, remedy, id, at AS last, message, device_id, request_id FROM problems WHERE id = ?',
  );
  const groups = [...parts.numbers.problems.byRow.values()].flatMap(({ id, occurrences, findings, devices }) => {
    const problem = newest.first(id);
    return problem === undefined ? [] : [{ ...problem, occurrences, findings, devices: devices.size }];
  });
  const place = ({ level }: ProblemGroup): number => LEVELS.indexOf(level);
  return { groups: groups.sort((one, other) => place(one) - place(other) || other.id - one.id) };
}
