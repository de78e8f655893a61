import type { CountedRequest } from '../numbers/batch.js';
import type { ApiQuery } from './api-query.js';
import type { LastRequest, Status } from './contract/status.js';
import { rejectionGroups } from './rejections.js';

const MOST_SHOWN = 50;

/** Whether it works: what came last and from whom, what was refused and why, and the clients' own word beside it. */
export function readStatus({ parts }: ApiQuery): Status {
  const { toServer, rejected, last, lastRejected, senders, appKeys } = parts.numbers.requests;
  return {
    now: Date.now(),
    state: stateOf(last, lastRejected, rejected),
    requests: toServer,
    accepted: toServer - rejected,
    rejected,
    lastRequest: shown(last),
    lastRejected: shown(lastRejected),
    reasons: rejectionGroups(parts),
    senders: newestFirst(senders.values()),
    appKeys: newestFirst(appKeys.values()),
    clients: newestFirst(parts.book.clients.values()).map(({ methods: _methods, app: _app, ...client }) => client),
  };
}

function stateOf(
  last: CountedRequest | undefined,
  lastRejected: CountedRequest | undefined,
  rejected: number,
): Status['state'] {
  if (last === undefined) return 'empty';
  if (last === lastRejected) return 'refused';
  return rejected > 0 ? 'partly' : 'good';
}

function shown(request: CountedRequest | undefined): LastRequest | null {
  if (request === undefined) return null;
  const { id, received_at: at, method, path, status, outcome, app_key, user_agent } = request;
  return { id, at, target: `${method} ${path}`, status, outcome, app_key, user_agent };
}

/** The maps keep what was used last at their end. */
function newestFirst<Value>(values: Iterable<Value>): Value[] {
  return [...values].reverse().slice(0, MOST_SHOWN);
}
