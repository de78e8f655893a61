import type { Clock } from '../clock.js';
import type { Target } from '../features/feature.js';
import type { Visitor } from '../features/visitor.js';
import type { Reporter } from '../logger.js';
import type { DropReason } from '../outbox/ledger.js';
import type { VisitorStore } from '../outbox/visitor-store.js';
import type { EntryDraft } from '../protocol/entry.js';
import type { RollUp } from '../protocol/roll-up.js';

/** What the visitors of a fleet need of the house. */
export interface VisitorsPort {
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly store: VisitorStore;
  /** Milliseconds that a visitor's state may be forgotten after. */
  readonly ttlMs: number;
  /** Milliseconds without activity after which a visitor is gone in any process that remembers them. */
  readonly goneMs: number;
  /** Ends what ran for a visitor who was gone, as part of a change. */
  gone(visitor: Visitor, target: Target, now: number): void;
  /** What is to be queued here, because the fleet does not take it. */
  queue(entry: EntryDraft, rollUp: RollUp | undefined): void;
  /** Counts a call that did not become an entry. */
  refuse(reason: DropReason): void;
  /** Whether this process still looks after a device. */
  remembers(deviceId: string): boolean;
}
