import type { ApiQuery } from './api-query.js';
import type { Funnel } from './contract/numbers.js';
import { percentile } from './histogram.js';
import { MEASURED_ROWS, measuredMoments } from './measured-rows.js';
import { ApiQueryError, windowOf } from './question.js';

const FEWEST = 2;
const MOST = 10;

interface Step {
  readonly kind: 'event' | 'view';
  readonly key: string;
}

/** How many people went through the steps in their order, and how long they took from one to the next. */
export function readFunnel({ parts, search }: ApiQuery): Funnel {
  const steps = search.getAll('step').map(stepOf);
  if (steps.length < FEWEST || steps.length > MOST) {
    throw new ApiQueryError('step', `${FEWEST} to ${MOST} of them, as event:<key> or view:<name>`, steps.length);
  }
  const window = windowOf(search);
  const within = Number(search.get('within')) || Number.POSITIVE_INFINITY;
  /** Where each person is: when they came to the last step they reached, and when to the first. */
  let reached = new Map<string, { readonly first: number; readonly at: number }>();
  const counted = steps.map(({ kind, key }, index) => {
    const next: typeof reached = new Map();
    const took: number[] = [];
    const rows = measuredMoments(parts, kind === 'event' ? 'events' : 'views', key, window);
    rows.sort((one, other) => one.timestamp - other.timestamp);
    for (const { device_id: device, timestamp } of rows) {
      if (next.has(device)) continue;
      const before = reached.get(device);
      if (index === 0) next.set(device, { first: timestamp, at: timestamp });
      else if (before !== undefined && timestamp >= before.at && timestamp - before.first <= within) {
        next.set(device, { first: before.first, at: timestamp });
        took.push(timestamp - before.at);
      }
    }
    reached = next;
    took.sort((one, other) => one - other);
    return { kind, key, people: next.size, p50: percentile(took, 0.5), p95: percentile(took, 0.95) };
  });
  const most = counted[0]?.people ?? 0;
  return {
    window,
    measured: MEASURED_ROWS,
    steps: counted.map((step) => ({ ...step, share: most === 0 ? 0 : step.people / most })),
  };
}

function stepOf(text: string): Step {
  const colon = text.indexOf(':');
  const kind = text.slice(0, colon);
  const key = text.slice(colon + 1);
  if ((kind === 'event' || kind === 'view') && key !== '') return { kind, key };
  throw new ApiQueryError('step', 'event:<key> or view:<name>', text);
}
