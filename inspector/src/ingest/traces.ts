import { traceFaults } from '../checks/trace-checks.js';
import { isObject, numberOf, readObject, stringOf } from '../protocol/json.js';
import type { IngestContext, Owner } from './context.js';
import { ownerColumns } from './context.js';
import type { Entry } from './entry.js';

export function ingestTrace(context: IngestContext, owner: Owner, entry: Entry): void {
  const trace = entry.apm.state === 'read' ? entry.apm.value : undefined;
  if (!isObject(trace) || traceFaults(trace).length > 0) return;
  const metrics = readObject(trace['apm_metrics']) ?? {};
  const stz = Math.round(numberOf(trace['stz']) ?? 0);
  const etz = Math.round(numberOf(trace['etz']) ?? 0);
  const attributes = readObject(trace['apm_attr']);
  const row = {
    ...ownerColumns(context, owner),
    type: stringOf(trace['type']),
    name: stringOf(trace['name']),
    duration: numberOf(metrics['response_time']) ?? numberOf(metrics['duration']) ?? etz - stz,
    response_code: numberOf(metrics['response_code']) ?? null,
    metrics: JSON.stringify(metrics),
    attributes: attributes === undefined ? null : JSON.stringify(attributes),
    stz,
    etz,
    timestamp: entry.timestamp,
  };
  const id = context.store.insert.traces(row);
  context.numbers.traces.push(row);
  owner.device.trace_count += 1;
  context.live.add('trace', () => ({ id, ...row }));
}
