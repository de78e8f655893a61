import type { Entry } from '../protocol/entry.js';

/** What a person took back. */
export interface Withdrawal {
  readonly features: ReadonlySet<string>;
  /** Entries up to this id are meant; what was recorded later was agreed to again. */
  readonly upTo: number;
}

export function isWithdrawn({ id, feature }: Entry, withdrawals: readonly Withdrawal[]): boolean {
  return withdrawals.some(({ features, upTo }) => id <= upTo && features.has(feature));
}

/** What people took back while entries of theirs stood unread in the storage. */
export class Withdrawals {
  readonly #noted = new Map<string, readonly Withdrawal[]>();

  note(deviceId: string, withdrawal: Withdrawal): void {
    this.#noted.set(deviceId, [...this.of(deviceId), withdrawal]);
  }

  of(deviceId: string): readonly Withdrawal[] {
    return this.#noted.get(deviceId) ?? [];
  }

  clear(): void {
    this.#noted.clear();
  }
}
