import type { Dispatcher } from './dispatcher.js';
import { type Deadline, type FlushResult, inVain, withDeadline } from './flush.js';
import { type LedgerState, totalDropped } from './ledger.js';
import type { OutboxParts } from './parts.js';
import type { StorageReader } from './storage-reader.js';

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
