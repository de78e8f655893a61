import { BUCKETS_MS } from '../numbers/durations.js';
import type { ApiQuery } from './api-query.js';
import type { TraceNames } from './contract/names.js';
import { methodRefs } from './method-refs.js';
import { topOf } from './top.js';

const MOST_SHOWN = 500;

/** Durations of the traces by type and name, in milliseconds. `failed` counts network answers of 400 and more. */
export function readTraceNames({ parts }: ApiQuery): TraceNames {
  const all = [...parts.numbers.traces.names.values()];
  const shown = topOf(
    all,
    MOST_SHOWN,
    ({ count }) => count,
    ({ name }) => name,
  );
  return {
    buckets: BUCKETS_MS,
    total: all.length,
    names: shown.map(({ durations: { all: durations }, ...numbers }) => {
      const [p50 = null, p95 = null] = durations.percentiles(0.5, 0.95);
      const histogram = durations.count === 0 ? null : durations.histogram();
      const methods = methodRefs(parts, 'trace', `${numbers.type} ${numbers.name}`);
      return { ...numbers, max: durations.max, histogram, p50, p95, methods };
    }),
  };
}
