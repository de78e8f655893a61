import type { FleetStatus } from '../lib/index.js';
import { counted } from '../lib/internal.js';
import type { StatusTask } from './fleet-arguments.js';
import { print } from './output.js';
import { jsonText } from './render/json.js';

/** Prints the state of a fleet; the exit code. */
export async function runFleetStatus({ redis, prefix, url, appKey, format }: StatusTask): Promise<number> {
  const { fleetStatus } = await import('../lib/redis/index.js');
  const server = url === undefined || appKey === undefined ? undefined : { url, appKey };
  const status = await fleetStatus({ url: redis, prefix, server });
  print(format === 'json' ? jsonText(status) : statusText(status, Date.now()));
  return 0;
}

/** The state of a fleet as a person reads it. */
export function statusText({ ledger, entries, bytes, lanes, pods }: FleetStatus, now: number): string {
  const { accepted, delivered, pending, dropped } = ledger;
  const reasons = Object.entries(dropped).map(([reason, count]) => `${reason} ${count}`);
  const age = (since: number | undefined) =>
    since === undefined ? '' : `${Math.max(0, (now - since) / 1000).toFixed(1)} s`;
  return [
    `accepted ${accepted} = delivered ${delivered} + pending ${pending} + dropped ${sum(dropped)}`,
    `dropped: ${reasons.join(', ') || 'nothing'}`,
    `in Redis: ${counted(entries, 'entry')}, ${counted(bytes, 'byte')}`,
    '',
    ...table([
      ['lane', 'entries', 'oldest', 'holder'],
      ...lanes.map(({ lane, entries, oldest, holder }) => [`${lane}`, `${entries}`, age(oldest), holder ?? 'nobody']),
    ]),
    '',
    ...table([
      ['process', 'host', 'sends', 'waiting'],
      ...pods.map(({ id, host, sends, waiting }) => [id, host, sends ? 'yes' : 'no', `${waiting}`]),
    ]),
  ].join('\n');
}

/** Not what the other numbers leave over: whoever looks wants to see that they add up. */
function sum(dropped: FleetStatus['ledger']['dropped']): number {
  return Object.values(dropped).reduce((total, count) => total + count, 0);
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
