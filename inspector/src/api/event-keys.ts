import { BUCKETS_MS } from '../numbers/durations.js';
import { VIEW_KEY } from '../numbers/event-numbers.js';
import type { ApiQuery } from './api-query.js';
import type { EventKeys } from './contract/names.js';
import { methodRefs } from './method-refs.js';
import { topOf } from './top.js';

const MOST_SHOWN = 500;

/** What was counted for each event key. Views are counted apart, here as everywhere. */
export function readEventKeys({ parts }: ApiQuery): EventKeys {
  const all = [...parts.numbers.events.keys.values()].filter(({ key }) => key !== VIEW_KEY);
  const shown = topOf(
    all,
    MOST_SHOWN,
    ({ events }) => events,
    ({ key }) => key,
  );
  return {
    buckets: BUCKETS_MS,
    total: all.length,
    keys: shown.map(({ durations, devices, ...numbers }) => {
      const [p50 = null, p95 = null] = durations?.all.percentiles(0.5, 0.95) ?? [];
      const histogram = durations?.all.histogram() ?? null;
      const methods = methodRefs(parts, 'event', numbers.key);
      return { ...numbers, devices: devices.size, histogram, p50, p95, methods };
    }),
  };
}
