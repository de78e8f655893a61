import type { Delivery } from '../protocol/answer.js';
import type { SealedPath, SealedRequest } from '../protocol/entry.js';
import { Answers, entriesOf, FILLING_MS, type Part } from './answers.js';
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
  /** Who waits for as long as there is hope. */
  readonly #hoping = new Set<() => void>();

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

  /** Resolves when nothing is under way and the last attempt found nobody who takes anything. */
  hopeless(): Promise<void> {
    return new Promise((resolve) => this.#hoping.add(resolve));
  }

  /** An exchange has ended. */
  #next(): void {
    this.pump();
    if (this.#singles + this.#bulks > 0 || !this.outbox.breaker.away) return;
    for (const resolve of this.#hoping) resolve();
    this.#hoping.clear();
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
    this.#arm(now);
  }

  /** So much waits that a server which is well again must be noticed soon. */
  hurry(): void {
    const now = this.outbox.clock.monotonic();
    this.outbox.breaker.tryBy(now + FILLING_MS);
    this.#arm(now);
  }

  /**
   * Whether what is due waits for the answer to something that left a moment ago. Devices that become ready one by one
   * would otherwise have a request each, which costs the process many times what their entries cost.
   */
  #gathers(now: number, singles = this.#singles): boolean {
    if (this.options.delivery === 'single' || this.#flushing > 0 || singles + this.#bulks === 0) return false;
    return this.outbox.schedule.due.size < this.#bulkLimit && now < this.#lastSentAt + GATHER_MS;
  }

  /**
   * Makes sure that the timer rings no later than the next thing to do.
   *
   * @param now when it was looked what may leave: by a later time it might, and nobody would look again
   */
  #arm(now: number): void {
    const { clock, schedule, breaker } = this.outbox;
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
    const single = isSingle(part) || this.options.delivery === 'single';
    const exchanged = single ? this.#exchangeSingles(part) : this.#exchange([part]);
    void exchanged.finally(() => {
      this.#singles--;
      this.#next();
    });
  }

  #startBulk(): void {
    const parts: Part[] = [];
    let size = 0;
    while (parts.length < this.#bulkLimit && size < BULK_SIZE) {
      const part = this.#nextPart('/i/bulk');
      if (part === undefined) break;
      // Many of one device are a bulk already.
      if (part.requests.length > 1 || isSingle(part)) {
        this.#startSingle(part);
        continue;
      }
      for (const entry of entriesOf(part)) size += entry.body.length;
      parts.push(part);
    }
    if (parts.length === 0) return;
    this.#bulks++;
    void this.#exchange(parts).finally(() => {
      this.#bulks--;
      this.#next();
    });
  }

  /** What the next device sends, with its bytes fixed, or undefined when no device is due. */
  #nextPart(path: SealedPath): Part | undefined {
    const { schedule, order, requests } = this.outbox;
    for (let queue = schedule.takeDue(); queue !== undefined; queue = schedule.takeDue()) {
      if (order.mustWait(queue)) continue;
      const next = requests.next(queue, path);
      queue.busy = next.length > 0;
      if (queue.busy) return { queue, requests: next };
      this.outbox.emptied(queue);
    }
    return undefined;
  }

  /** A request, or many of one device beside each other: the transport bounds how many are on the wire. */
  async #exchangeSingles({ queue, requests }: Part): Promise<void> {
    const sentAt = this.outbox.clock.monotonic();
    const send = (request: SealedRequest) => this.#send([request], '/i', () => this.outbox.sender.single(request));
    const deliveries = await Promise.all(requests.map(send));
    const failed = deliveries.find(({ kind }) => kind !== 'delivered');
    const is = (delivered: boolean) => (_: unknown, i: number) => (deliveries[i]?.kind === 'delivered') === delivered;
    const [taken, left] = [requests.filter(is(true)), requests.filter(is(false))];
    queue.busy = false;
    const conclude = (some: readonly SealedRequest[], delivery: Delivery | undefined): void => {
      if (delivery === undefined || some.length === 0) return;
      this.#answers.conclude([{ queue, requests: some }], delivery, sentAt, this.#flushing > 0);
    };
    conclude(
      taken,
      deliveries.find(({ kind }) => kind === 'delivered'),
    );
    conclude(left, failed);
    queue.leave?.();
  }

  async #exchange(parts: readonly Part[]): Promise<void> {
    const { sender, clock } = this.outbox;
    const sealed = parts.flatMap((part) => part.requests);
    const sentAt = clock.monotonic();
    const delivery = await this.#send(sealed, '/i/bulk', () => sender.bulk(sealed));
    if (parts.length > 1 && (delivery.kind === 'rejected' || delivery.kind === 'split')) {
      // One entry spoils the others: halve until it stands alone.
      const middle = parts.length >> 1;
      await this.#exchange(parts.slice(0, middle));
      await this.#exchange(parts.slice(middle));
      return;
    }
    for (const { queue } of parts) queue.busy = false;
    // A bulk that never gets an answer may hold one entry that blocks the server: it is tried again in smaller ones.
    const ofMany = parts[0]?.requests.length === 1;
    if (ofMany && delivery.kind === 'delivered') this.#bulkLimit = Math.min(MAX_BULK, this.#bulkLimit * 2);
    if (ofMany && delivery.kind === 'retry') this.#bulkLimit = Math.max(1, parts.length >> 1);
    this.#answers.conclude(parts, delivery, sentAt, this.#flushing > 0);
    for (const { queue } of parts) queue.leave?.();
  }

  /** One HTTP request, whatever the transport does. */
  async #send(requests: readonly SealedRequest[], path: SealedPath, send: () => Promise<Delivery>): Promise<Delivery> {
    this.outbox.breaker.sent();
    publishRequests('sent', requests, { requests: requests.length, path });
    try {
      await this.outbox.requests.committed();
      return await send();
    } catch {
      // A transport that breaks its contract must not stop the outbox.
      return { kind: 'retry', reason: 'the transport failed' };
    }
  }
}

function isSingle({ requests }: Part): boolean {
  return requests.length === 1 && requests[0]?.path === '/i';
}
