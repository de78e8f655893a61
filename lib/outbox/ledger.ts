/**
 * Why an accepted entry was not delivered.
 * - `consent`: the person has not agreed, or has withdrawn what was waiting
 * - `invalid`: the input meant nothing a Countly server could count
 * - `filtered`: a hook or the server's settings said no
 * - `overflow`: the queue was full and this was the oldest
 * - `expired`: older than `dropRequestsOlderThan`
 * - `rejected`: the server will never take these bytes
 * - `undeliverable`: the server kept failing on exactly this request
 * - `closed`: it came after `close()`
 * - `rolled_back`: the transaction it was recorded in failed
 * - `lost`: the store of a fleet does not have any more what waited there
 */
export type DropReason = (typeof DROP_REASONS)[number];

export const DROP_REASONS = [
  'consent',
  'invalid',
  'filtered',
  'overflow',
  'expired',
  'rejected',
  'undeliverable',
  'closed',
  'rolled_back',
  'lost',
] as const;

/** Where every accepted entry is. At every moment `accepted = delivered + pending + the sum of dropped`. */
export interface LedgerState {
  /** Entries taken since the start. */
  readonly accepted: number;
  /** Entries the server took. */
  readonly delivered: number;
  /** Entries that wait or are under way. */
  readonly pending: number;
  /** Entries given up, by reason. */
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
}

/** How many entries were dropped for whatever reason. */
export function totalDropped(state: LedgerState): number {
  return Object.values(state.dropped).reduce((sum, count) => sum + count, 0);
}

/** Counts entries through the house. `pending` is counted for itself, so that the sum can be checked. */
export class Ledger {
  #accepted = 0;
  #delivered = 0;
  #pending = 0;
  readonly #dropped = new Map<DropReason, number>();

  accept(weight: number): void {
    this.#accepted += weight;
    this.#pending += weight;
  }

  deliver(weight: number): void {
    this.#delivered += weight;
    this.#pending -= weight;
  }

  drop(reason: DropReason, weight: number): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + weight);
    this.#pending -= weight;
  }

  /** What was accepted or recovered is somebody else's. */
  forget(weight: number): void {
    this.#accepted -= weight;
    this.#pending -= weight;
  }

  state(): LedgerState {
    return {
      accepted: this.#accepted,
      delivered: this.#delivered,
      pending: this.#pending,
      dropped: Object.fromEntries(this.#dropped),
    };
  }
}

/**
 * The ledger in Prometheus' text format, for a metrics endpoint of your own. Every reason is there from the start, so
 * that a rate over it works before the first drop.
 *
 * @param clientName value of the label `client`
 * @example
 * ```ts
 * import { Countly, prometheusText } from 'countly-weave';
 *
 * const countly = Countly.init({ url: 'http://127.0.0.1:6010', appKey: 'shop' });
 * console.log(prometheusText(countly.stats(), countly.name));
 * ```
 */
export function prometheusText(ledger: LedgerState, clientName = 'default'): string {
  const client = `client="${clientName.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
  const dropped = DROP_REASONS.map((reason) => [`${client},reason="${reason}"`, ledger.dropped[reason] ?? 0] as const);
  return [
    ...metric('entries_accepted_total', 'counter', 'Entries taken from the application.', [[client, ledger.accepted]]),
    ...metric('entries_delivered_total', 'counter', 'Entries the server took.', [[client, ledger.delivered]]),
    ...metric('entries_pending', 'gauge', 'Entries waiting or under way.', [[client, ledger.pending]]),
    ...metric('entries_dropped_total', 'counter', 'Entries given up, by reason.', dropped),
    '',
  ].join('\n');
}

function metric(name: string, type: string, help: string, samples: readonly (readonly [string, number])[]): string[] {
  const full = `countly_weave_${name}`;
  return [
    `# HELP ${full} ${help}`,
    `# TYPE ${full} ${type}`,
    ...samples.map(([labels, value]) => `${full}{${labels}} ${value}`),
  ];
}
