import type { Delivery } from '../protocol/answer.js';
import type { SealedPath, SealedRequest } from '../protocol/entry.js';
import { Answers, FILLING_MS, type Part } from './answers.js';
import { publishRequests } from './delivery-messages.js';
import type { OutboxParts } from './parts.js';
import type { OutboxOptions } from './port.js';

const MAX_BULK = 100;
/** Characters from which a bulk takes no more: putting together a larger one would hold up the host for milliseconds. */
const BULK_SIZE = 256_000;
const PARALLEL_BULKS = 2;
/** Longest time few devices wait for an answer that is on its way, to leave together. */
const GATHER_MS = 100;
/** Making requests of a burst takes longer than a host should wait; the rest of it is for the next turn. */
const SLICE_MS = 1;

/** Decides what leaves when, and what an answer means for the entries. Owns the send timer. */
export class Dispatcher {
  readonly #answers: Answers;
  #singles = 0;
  #bulks = 0;
  #bulkLimit = MAX_BULK;
  #flushing = 0;
  #lastSentAt = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(
    private readonly options: OutboxOptions,
    private readonly outbox: OutboxParts,
  ) {
    this.#answers = new Answers(options, outbox);
  }

  /** While flushing nothing waits for company, and what failed is tried again at once – one time. */
  beginFlush(): void {
    this.#flushing++;
    const { breaker, clock, schedule } = this.outbox;
    breaker.wake();
    schedule.advance(clock.monotonic(), 0, true);
    this.pump();
  }

  endFlush(): void {
    this.#flushing--;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer?.();
  }

  /** Sends what is ready, and sets the timer for what is not. Cheap when there is nothing to do. */
  pump(): void {
    const { clock, schedule, admission, breaker, pumpSoon } = this.outbox;
    if (this.#stopped || breaker.shut) return;
    const now = clock.monotonic();
    const waits = this.#flushing === 0 && !admission.isCrowded;
    schedule.advance(now, waits ? this.options.flushInterval : 0, false);
    const singles = this.#singles;
    while (breaker.allows(now) && schedule.due.size > 0 && !this.#gathers(now, singles) && this.#sendNext()) {
      this.#lastSentAt = now;
      if (clock.monotonic() - now > SLICE_MS) return pumpSoon();
    }
    this.#arm();
  }

  /** So much waits that a server which is well again must be noticed soon. */
  hurry(): void {
    this.outbox.breaker.tryBy(this.outbox.clock.monotonic() + FILLING_MS);
    this.#arm();
  }

  /**
   * Whether what is due waits for the answer to something that left a moment ago. Devices that become ready one by one
   * would otherwise have a request each, which costs the process many times what their entries cost.
   */
  #gathers(now: number, singles = this.#singles): boolean {
    if (this.options.delivery === 'single' || this.#flushing > 0 || singles + this.#bulks === 0) return false;
    return this.outbox.schedule.due.size < this.#bulkLimit && now < this.#lastSentAt + GATHER_MS;
  }

  /** Makes sure that the timer rings no later than the next thing to do. */
  #arm(): void {
    const { clock, schedule, breaker } = this.outbox;
    const now = clock.monotonic();
    let at = schedule.due.size > 0 ? now : schedule.nextAt(this.options.flushInterval);
    if (at === undefined) return;
    // What is due and not sent waits for the breaker, or for a request under way, which pumps when it is back.
    at = Math.max(at, breaker.readyAt);
    if (schedule.due.size > 0 && now >= breaker.readyAt) {
      if (!breaker.allows(now) || !this.#gathers(now)) return;
      at = this.#lastSentAt + GATHER_MS;
    }
    if (at >= this.#timerAt) return;
    this.#cancelTimer?.();
    this.#timerAt = at;
    this.#cancelTimer = clock.after(Math.max(0, at - now), () => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.pump();
    });
  }

  /** Puts one HTTP request under way; false when all places are taken. */
  #sendNext(): boolean {
    const { schedule } = this.outbox;
    const many = this.options.delivery === 'auto' && schedule.due.size > this.options.maxParallelRequests;
    if (many) {
      if (this.#bulks >= PARALLEL_BULKS) return false;
      this.#startBulk();
      return true;
    }
    if (this.#singles >= this.options.maxParallelRequests) return false;
    const part = this.#nextPart('/i');
    if (part !== undefined) this.#startSingle(part);
    return true;
  }

  #startSingle(part: Part): void {
    this.#singles++;
    // An app with a salt loses every bulk (docs/protocol.md §2.6), also one that was sealed before the salt was configured.
    const single = part.request.path === '/i' || this.options.delivery === 'single';
    void this.#exchange([part], single).finally(() => {
      this.#singles--;
      this.pump();
    });
  }

  #startBulk(): void {
    const parts: Part[] = [];
    let size = 0;
    while (parts.length < this.#bulkLimit && size < BULK_SIZE) {
      const part = this.#nextPart('/i/bulk');
      if (part === undefined) break;
      if (part.request.path === '/i') {
        this.#startSingle(part);
        continue;
      }
      for (const entry of part.request.entries) size += entry.body.length;
      parts.push(part);
    }
    if (parts.length === 0) return;
    this.#bulks++;
    void this.#exchange(parts, false).finally(() => {
      this.#bulks--;
      this.pump();
    });
  }

  /** The next device's request with its bytes fixed, or undefined when no device is due. */
  #nextPart(path: SealedPath): Part | undefined {
    const { schedule, order, requests } = this.outbox;
    for (let queue = schedule.takeDue(); queue !== undefined; queue = schedule.takeDue()) {
      if (order.mustWait(queue)) continue;
      const request = requests.next(queue, path);
      queue.busy = request !== undefined;
      if (request !== undefined) return { queue, request };
      this.outbox.emptied(queue);
    }
    return undefined;
  }

  async #exchange(parts: readonly Part[], single: boolean): Promise<void> {
    const { sender, requests, clock, breaker } = this.outbox;
    const sealed = parts.map((part) => part.request);
    const sentAt = clock.monotonic();
    breaker.sent();
    publishRequests('sent', sealed, { requests: sealed.length, path: single ? '/i' : '/i/bulk' });
    let delivery: Delivery;
    try {
      await requests.committed();
      delivery = await (single ? sender.single(sealed[0] as SealedRequest) : sender.bulk(sealed));
    } catch (error) {
      // A transport of the user's own that breaks its contract must not stop the outbox.
      delivery = { kind: 'retry', reason: `the transport failed: ${String(error)}` };
    }
    if (parts.length > 1 && (delivery.kind === 'rejected' || delivery.kind === 'split')) {
      // One entry spoils the others: halve until it stands alone.
      const middle = parts.length >> 1;
      await this.#exchange(parts.slice(0, middle), false);
      await this.#exchange(parts.slice(middle), false);
      return;
    }
    for (const { queue } of parts) queue.busy = false;
    // A bulk that never gets an answer may hold one entry that blocks the server: it is tried again in smaller ones.
    if (!single && delivery.kind === 'delivered') this.#bulkLimit = Math.min(MAX_BULK, this.#bulkLimit * 2);
    if (!single && delivery.kind === 'retry') this.#bulkLimit = Math.max(1, parts.length >> 1);
    this.#answers.conclude(parts, delivery, sentAt, this.#flushing > 0);
  }
}
