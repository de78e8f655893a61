import { setTimeout as wait } from 'node:timers/promises';
import type { TrafficResult } from './traffic.js';

interface Health {
  readonly countly: { readonly pending: number };
}

interface Summary {
  readonly totals: Readonly<Record<string, number>>;
}

const DELIVERY_WAIT_MS = 10_000;

/** Waits until the shop has delivered what it knows, so that the numbers are complete. False if that takes too long. */
export async function waitForDelivery(shopUrl: string): Promise<boolean> {
  const until = Date.now() + DELIVERY_WAIT_MS;
  while (Date.now() < until) {
    const { countly } = await getJson<Health>(new URL('/health', shopUrl));
    if (countly.pending === 0) return true;
    await wait(100);
  }
  return false;
}

export function describeTraffic({ answers, failed }: TrafficResult): string {
  const total = [...answers.values()].reduce((sum, count) => sum + count, 0);
  const parts = [...answers].sort(([left], [right]) => left - right).map(([status, count]) => `${count} × ${status}`);
  const lost = failed === 0 ? '' : `; ${failed} visits broke off without an answer`;
  return `${total} requests answered (${parts.join(', ')})${lost}`;
}

/** What arrived, by the inspector's own count, and what of it not every server would count (docs/protocol.md §0.3). */
export async function describeArrived(inspectorUrl: string): Promise<string> {
  const { totals } = await getJson<Summary>(new URL('/api/summary', inspectorUrl));
  const of = (name: string): number => totals[name] ?? 0;
  const problems = of('problems_e') + of('problems_w');
  const rows: readonly (readonly [string, number | string])[] = [
    ['devices', of('devices')],
    ['sessions', of('sessions')],
    ['profiles', of('profiles')],
    ['events', of('events')],
    ['views', of('views')],
    ['errors', of('errors')],
    ['traces', of('traces')],
    ['problems', problems === 0 ? 'none' : problems],
  ];
  const table = rows.map(([name, value]) => `  ${name.padEnd(9)} ${value}`).join('\n');
  return `${table}\n(A server counts traces only with the plugin performance-monitoring.)`;
}

async function getJson<T>(url: URL): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as T;
}
