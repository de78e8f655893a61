import { type ArgumentKind, argumentOf, member, optionsOf } from '../check.js';
import { type Clock, LONGEST_DELAY_MS } from '../clock.js';
import { MemoryStorage } from '../journal/memory.js';
import type { Storage } from '../journal/storage.js';
import type { Reporter } from '../logger.js';
import type { Dispatcher } from './dispatcher.js';
import { type LedgerState, totalDropped } from './ledger.js';
import type { OutboxParts } from './parts.js';
import type { StorageReader } from './storage-reader.js';

/** How long a flush may take. */
export interface FlushOptions {
  /** Milliseconds, 24 days at most. @default 10000 for `flush`, the option `shutdownTimeout` for `close` */
  readonly timeout?: number | undefined;
}

const TIMEOUT: ArgumentKind<number> = {
  expected: 'milliseconds, 0 or more',
  read: (value) => (typeof value === 'number' && value >= 0 ? Math.min(value, LONGEST_DELAY_MS) : undefined),
};

/** The timeout of a call, or the usual one with a warning. */
export function timeoutOf(reporter: Reporter, call: string, options: FlushOptions | undefined, usual: number): number {
  const value = member(optionsOf(reporter, call, options), 'timeout');
  return argumentOf(reporter, `${call}.timeout`, value, TIMEOUT, `${usual} is used`) ?? usual;
}

/** What a flush achieved: entries delivered and dropped while it ran, and those still waiting. */
export interface FlushResult {
  /** Entries the server took since the call. */
  readonly delivered: number;
  /** Entries that still wait. */
  readonly pending: number;
  /** Entries given up since the call. */
  readonly dropped: number;
}

/** The moment until which somebody waits. */
interface Deadline {
  readonly passed: boolean;
  /** Resolves when it has passed. */
  readonly reached: Promise<void>;
}

/**
 * Does work that a caller waits for. The timer may hold the process, which sockets and all other timers may not: it is
 * what keeps a process alive for the time of a flush.
 */
export async function withDeadline(
  clock: Clock,
  timeout: number,
  work: (deadline: Deadline) => Promise<void>,
): Promise<void> {
  const deadline = { passed: false, reached: Promise.resolve() };
  let cancel = () => {};
  deadline.reached = new Promise((resolve) => {
    const end = () => {
      deadline.passed = true;
      resolve();
    };
    cancel = clock.after(timeout, end, true);
  });
  try {
    await work(deadline);
  } finally {
    cancel();
  }
}

/** Resolves when the server is not there and all that waits is kept for the next process. */
async function inVain(storage: Storage, dispatcher: Dispatcher): Promise<void> {
  for (;;) {
    await dispatcher.hopeless();
    if (storage instanceof MemoryStorage) continue;
    await storage.commit();
    if (storage.stats().degraded === undefined) return;
  }
}

/** Has everything leave that an outbox took, while somebody waits. */
export class Drain {
  constructor(
    private readonly parts: OutboxParts,
    private readonly dispatcher: Dispatcher,
    private readonly reader: StorageReader,
  ) {}

  /** @param before the ledger when the work began, of which the result tells the difference */
  async within(
    timeout: number,
    before: LedgerState,
    work: (deadline: Deadline) => Promise<void>,
  ): Promise<FlushResult> {
    await withDeadline(this.parts.clock, timeout, work);
    const after = this.parts.admission.ledger.state();
    return {
      delivered: after.delivered - before.delivered,
      pending: after.pending,
      dropped: totalDropped(after) - totalDropped(before),
    };
  }

  /** Until the deadline. */
  all(deadline: Deadline): Promise<void> {
    return this.#run(deadline, deadline.reached);
  }

  /** Until the deadline, or until waiting makes no sense any more. */
  whileThereIsHope(deadline: Deadline): Promise<void> {
    return this.#run(deadline, Promise.race([deadline.reached, inVain(this.parts.storage, this.dispatcher)]));
  }

  async #run(deadline: Deadline, enough: Promise<void>): Promise<void> {
    const { storage, deadLetter, order, breaker, admission } = this.parts;
    let ended = false;
    const end = enough.then(() => {
      ended = true;
    });
    this.dispatcher.beginFlush();
    let reading: Promise<void> | undefined;
    do {
      reading = this.reader.reading;
      const held = order.heldQueue?.waiting.length ?? 0;
      const sent = breaker.shut ? undefined : admission.settled(held);
      await Promise.race([Promise.all([reading, sent]), end]);
      // What was read meanwhile is to leave as well.
    } while (!ended && (reading ?? this.reader.reading) !== undefined);
    this.dispatcher.endFlush();
    // Acknowledgements reach the disk as well, or a restart would deliver again.
    await Promise.race([Promise.all([storage.commit(), deadLetter.written()]), deadline.reached]);
  }
}
