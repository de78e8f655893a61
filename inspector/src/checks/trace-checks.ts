import { isObject, numberOf, readObject, show } from '../protocol/json.js';
import type { Check, EntrySubject } from './check.js';

/** Everything that makes a server ignore this trace; empty when it is fine. */
export function traceFaults(trace: unknown): string[] {
  if (Array.isArray(trace)) return ['"apm" is an array, expected one object a request'];
  if (!isObject(trace)) return [`"apm" is ${show(trace)}, expected an object`];
  const faults: string[] = [];
  if (trace['type'] !== 'network' && trace['type'] !== 'device') {
    faults.push(`type is ${show(trace['type'])}, expected "network" or "device"`);
  }
  if (!trace['name']) faults.push('the trace has no name');
  const metrics = readObject(trace['apm_metrics']);
  if (metrics === undefined) {
    faults.push(
      trace['app_metrics'] === undefined ? 'apm_metrics is missing' : 'app_metrics was sent, not apm_metrics',
    );
  }
  for (const [name, value] of Object.entries(metrics ?? {})) {
    if (numberOf(value) === undefined) faults.push(`apm_metrics.${name} is ${show(value)}, expected a number`);
  }
  const times = ['stz', 'etz'].filter((name) => numberOf(trace[name]) === undefined);
  if (times.length > 0) faults.push(`${times.join(' and ')} missing, expected milliseconds`);
  return faults;
}

export const TRACE_CHECKS: ReadonlyArray<Check<EntrySubject>> = [
  {
    row: 52,
    find: ({ entry: { apm } }) => {
      if (apm.state === 'absent') return undefined;
      return apm.state === 'broken' ? `"apm" is not valid JSON: ${show(apm.text)}` : traceFaults(apm.value);
    },
  },
  {
    row: 53,
    find: ({ entry }) => {
      const messages: string[] = [];
      if (entry.apm.state !== 'absent') messages.push('"apm" needs the performance monitoring plugin');
      if (entry.userDetails.state !== 'absent') messages.push('"user_details" needs the users plugin');
      if (entry.parameters['campaign_id'] !== undefined) messages.push('"campaign_id" needs the attribution plugin');
      return messages;
    },
  },
];
