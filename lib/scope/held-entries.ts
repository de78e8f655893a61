import type { Reporter } from '../logger.js';
import type { Held, HeldPart, Transaction } from './transaction.js';

/** Most that waits for transactions, beside the bounds of the queue. */
const MAX_HELD = 10_000;
/** The part of the queue's bytes that may wait. */
const PART_OF_BYTES = 0.25;
/** Rough cost of one in memory beside its text. */
const OVERHEAD = 200;

type Reason = 'rolled_back' | 'overflow' | 'consent' | 'invalid';

/** What is held, of whom and what of. Both are unknown for work whose entries come with the end of the transaction. */
export interface HeldWork {
  readonly part: HeldPart;
  deviceId?: string;
  readonly feature?: string;
  /** Characters of its text. */
  readonly size: number;
  leave(): void;
}

interface Bounds {
  readonly maxQueuedEntries: number;
  readonly maxQueuedBytes: number;
}

/** Everything of a client that waits for transactions, whichever they are. In memory alone, bounded: the oldest gives way. */
export class HeldEntries {
  readonly #all = new Set<Held & HeldWork>();
  #bytes = 0;

  /** @param refuse counts one that does not leave */
  constructor(
    private readonly bounds: Bounds,
    private readonly reporter: Reporter,
    private readonly refuse: (reason: Reason) => void,
  ) {}

  get size(): number {
    return this.#all.size;
  }

  hold(transaction: Transaction, work: HeldWork): void {
    const held: Held & HeldWork = {
      ...work,
      transaction,
      leave: () => {
        this.#remove(held);
        this.#contained(work.leave, held);
      },
      drop: (reason) => this.#drop(held, reason),
    };
    this.#all.add(held);
    this.#bytes += held.size + OVERHEAD;
    transaction.take(held);
    const { maxQueuedEntries, maxQueuedBytes } = this.bounds;
    const most = Math.min(MAX_HELD, maxQueuedEntries);
    for (const oldest of this.#all) {
      if (this.#all.size <= most && this.#bytes <= maxQueuedBytes * PART_OF_BYTES) break;
      this.#drop(oldest, 'overflow');
      const what = 'More entries wait for the end of a transaction than fit; the oldest are dropped.';
      this.reporter.warn('transaction', `${what} Is there a hold that nobody commits?`, 60_000);
    }
  }

  /** The server makes one user of both ids. */
  renamed(from: string, to: string): void {
    for (const held of this.#all) if (held.deviceId === from) held.deviceId = to;
  }

  /** The person takes their consent back. */
  purge(deviceId: string, features: ReadonlySet<string>): void {
    for (const held of this.#all) {
      if (held.deviceId === deviceId && features.has(held.feature ?? '')) this.#drop(held, 'consent');
    }
  }

  #drop(held: Held & HeldWork, reason: Reason): void {
    if (!this.#remove(held)) return;
    held.transaction.forget(held);
    this.refuse(reason);
  }

  #remove(held: Held & HeldWork): boolean {
    if (!this.#all.delete(held)) return false;
    this.#bytes -= held.size + OVERHEAD;
    return true;
  }

  #contained(leave: (this: HeldWork) => void, held: HeldWork): void {
    try {
      leave.call(held);
    } catch (error) {
      const name = error instanceof Error ? error.name : typeof error;
      this.reporter.warn('transaction.leave', `What waited for a transaction cannot be recorded (${name}).`);
      this.refuse('invalid');
    }
  }
}
