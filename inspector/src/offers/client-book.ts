import { RecentDurations } from '../numbers/recent-durations.js';
import type { Offer, OfferedCalls, OfferedLedger } from './offer.js';

/** A running client, by its own word. */
export interface KnownClient {
  readonly id: string;
  readonly name: string;
  readonly app: string;
  readonly version: string;
  readonly pid: number;
  readonly hostname: string;
  readonly startedAt: number;
  at: number;
  closed: boolean;
  ledger: OfferedLedger;
  /** The client's numbers of methods to ours. */
  readonly methods: Map<number, number>;
}

export interface MethodNumbers {
  calls: number;
  failures: number;
  last: number | null;
  readonly durations: RecentDurations;
}

const MOST_CLIENTS = 200;

/** Who offered something, and how often its woven methods were called. Lives in memory: it is told anew after a restart. */
export class ClientBook {
  readonly clients = new Map<string, KnownClient>();
  readonly methods = new Map<number, MethodNumbers>();

  /** The client of this offer, brought up to date. */
  meet({ client, closed, ledger }: Offer, at: number): KnownClient {
    const known = this.clients.get(client.id) ?? { ...client, at, closed, ledger, methods: new Map<number, number>() };
    Object.assign(known, { at, closed, ledger });
    this.clients.delete(client.id);
    this.clients.set(client.id, known);
    if (this.clients.size > MOST_CLIENTS) {
      const [oldest = ''] = this.clients.keys();
      this.clients.delete(oldest);
    }
    return known;
  }

  called(method: number, { calls, failures, last, durations }: OfferedCalls, at: number): void {
    let numbers = this.methods.get(method);
    if (numbers === undefined) {
      numbers = { calls: 0, failures: 0, last: null, durations: new RecentDurations() };
      this.methods.set(method, numbers);
    }
    numbers.calls += calls;
    numbers.failures += failures;
    if (calls > 0) numbers.last = Math.max(numbers.last ?? 0, last);
    for (const duration of durations) numbers.durations.add(duration, at);
  }

  forget(): void {
    this.methods.clear();
  }
}
