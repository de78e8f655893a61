import type { DropReason } from './drop-reason.js';

/**
 * Where every accepted entry is. At every moment `accepted = delivered + pending + the sum of dropped`.
 */
export interface LedgerState {
  readonly accepted: number;
  readonly delivered: number;
  readonly pending: number;
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

  state(): LedgerState {
    return {
      accepted: this.#accepted,
      delivered: this.#delivered,
      pending: this.#pending,
      dropped: Object.fromEntries(this.#dropped),
    };
  }
}
