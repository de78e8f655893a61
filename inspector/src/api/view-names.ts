import type { ApiQuery } from './api-query.js';
import type { ViewNames } from './contract/names.js';
import { methodRefs } from './method-refs.js';
import { topOf } from './top.js';

const MOST_SHOWN = 500;

/**
 * Visits and time spent by name of view; percentiles in milliseconds. `visitors` is what a server shows as unique
 * visitors, which may be more than there are `devices` (docs/protocol.md §17.4).
 */
export function readViewNames({ parts }: ApiQuery): ViewNames {
  const all = [...parts.numbers.views.names.values()];
  const shown = topOf(
    all,
    MOST_SHOWN,
    ({ visits }) => visits,
    ({ name }) => name,
  );
  return {
    total: all.length,
    names: shown.map(({ durations, devices, ...numbers }) => {
      const [p50 = null, p95 = null] = durations.percentiles(0.5, 0.95);
      return { ...numbers, devices: devices.size, p50, p95, methods: methodRefs(parts, 'view', numbers.name) };
    }),
  };
}
