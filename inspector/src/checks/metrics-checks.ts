import { isObject, show } from '../protocol/json.js';
import type { Check, EntrySubject } from './check.js';

/** A server fails on these when they are no text; other scalars it turns into text. */
const TEXT_ONLY = new Set(['_app_version', '_store']);

export const METRICS_CHECKS: ReadonlyArray<Check<EntrySubject>> = [
  {
    row: 46,
    find: ({ entry }) =>
      entry.metrics.state === 'read' && !entry.parameters['begin_session']
        ? '"metrics" came without begin_session'
        : undefined,
  },
  {
    row: 47,
    find: ({ entry: { metrics } }) => {
      if (metrics.state === 'absent') return undefined;
      if (metrics.state === 'broken') return `"metrics" is not valid JSON: ${show(metrics.text)}`;
      if (!isObject(metrics.value)) return `"metrics" is ${show(metrics.value)}, expected an object`;
      return Object.entries(metrics.value)
        .filter(([name, value]) => (TEXT_ONLY.has(name) ? typeof value !== 'string' : typeof value === 'object'))
        .map(([name, value]) => `metrics.${name} is ${show(value)}`);
    },
  },
];
