import { isObject, show } from '../protocol/json.js';
import type { Check, EntrySubject } from './check.js';

/** A server fails on these when they are no text; other scalars it turns into text. */
const TEXT_ONLY = new Set(['_app_version', '_store']);

export const METRICS_CHECKS: ReadonlyArray<Check<EntrySubject>> = [
  {
    row: 46,
    // Metrics alone are meant for the user. Beside something that is counted, they look as if they were counted with it.
    find: ({ entry: { metrics, parameters } }) => {
      if (metrics.state !== 'read' || parameters['begin_session']) return undefined;
      const beside = ['session_duration', 'end_session', 'events', 'crash'].filter((name) => parameters[name]);
      return beside.length === 0 ? undefined : `"metrics" came with ${beside.join(' and ')}, without begin_session`;
    },
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
