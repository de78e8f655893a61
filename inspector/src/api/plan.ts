import type { ApiQuery } from './api-query.js';

/** What came, compared with the tracking plan; `{ plan: false }` when none was given. */
export function readPlanReport({ parts }: ApiQuery): unknown {
  return parts.plan === undefined ? { plan: false } : { plan: true, ...parts.plan.report() };
}
