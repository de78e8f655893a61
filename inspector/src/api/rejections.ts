import type { CollectorParts } from '../http/collector.js';
import type { ApiQuery } from './api-query.js';
import type { RejectionGroup, Rejections } from './contract/status.js';
import { remedyFor } from './remedies.js';

const MOST_SHOWN = 50;

/** What was refused, why, and whose app key it had, newest first; `requests` is what came in all. */
export function readRejections({ parts }: ApiQuery): Rejections {
  const { rejected, toServer } = parts.numbers.requests;
  return { rejected, requests: toServer, groups: rejectionGroups(parts) };
}

/** The newest first, each with what to do about it. */
export function rejectionGroups({ numbers, settings }: CollectorParts): RejectionGroup[] {
  return [...numbers.requests.refusals.values()]
    .sort((one, other) => other.request_id - one.request_id)
    .slice(0, MOST_SHOWN)
    .map((group) => ({ ...group, remedy: remedyFor(group.answer ?? '', settings) }));
}
