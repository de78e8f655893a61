import type { LedgerState } from '../outbox/ledger.js';

/** A snapshot of a client: the ledger, how much it keeps in memory, and whether things move. */
export interface ClientStats extends LedgerState {
  /** Device states in memory. */
  readonly devices: number;
  /** When the server last accepted something: milliseconds since the epoch. Undefined before. */
  readonly lastDeliveryAt: number | undefined;
  /** Milliseconds since the oldest entry that still waits was recorded. Undefined while nothing waits. */
  readonly oldestPendingAge: number | undefined;
}
