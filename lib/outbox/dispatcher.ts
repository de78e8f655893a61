import type { Clock } from '../clock.js';
import type { Backoff } from '../http/backoff.js';
import type { Reporter } from '../logger.js';
import type { Delivery } from '../protocol/delivery.js';
import type { SealedPath, SealedRequest } from '../protocol/entry.js';
import type { Admission } from './admission.js';
import { publishRequests } from './channels.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { DeliveryMessages } from './delivery-messages.js';
import type { DeviceQueue } from './device-queues.js';
import type { DropReason } from './ledger.js';
import type { MergeOrder } from './merge-order.js';
import type { Requests } from './requests.js';
import type { Schedule } from './schedule.js';
import type { Sender } from './sender.js';

const MAX_BULK = 100;
/** Characters from which a bulk takes no more: putting together a larger one would hold up the host for milliseconds. */
const BULK_SIZE = 256_000;
const PARALLEL_BULKS = 2;
/** Failures that say something about a request, from which it is given up. */
const MOST_REFUSALS = 10;
const HOLD_MS = 60_000;
/** Longest pause of our own making while the queue fills up. */
const FILLING_MS = 1_000;
/** Longest time few devices wait for an answer that is on its way, to leave together. */
const GATHER_MS = 100;
/** Making requests of a burst takes longer than a host should wait; the rest of it is for the next turn. */
const SLICE_MS = 1;

export interface DispatcherOptions {
  readonly delivery: 'auto' | 'single';
  /** Where to, for messages. */
  readonly url: string;
  readonly flushInterval: number;
  readonly maxParallelRequests: number;
}

/** What the dispatcher needs of the rest of the outbox. */
export interface DispatcherPort {
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly admission: Admission;
  readonly requests: Requests;
  readonly sender: Sender;
  readonly schedule: Schedule;
  readonly order: MergeOrder;
  /** What every series of repetitions starts from. */
  readonly backoff: Backoff;
  /** Pumps when the host has had its turn. */
  pumpSoon(): void;
  /** A device has nothing more to send. */
  emptied(queue: DeviceQueue): void;
  /** A request ends undelivered. */
  discarded(request: SealedRequest, reason: string): void;
}

/** A device's request on its way. */
interface Part {
  readonly queue: DeviceQueue;
  readonly request: SealedRequest;
}

/** Decides what leaves when, and what an answer means for the entries. Owns the send timer. */
export class Dispatcher {
  /** Whether, and from when on, anything may leave. */
  readonly breaker: CircuitBreaker;
  readonly #options: DispatcherOptions;
  readonly #port: DispatcherPort;
  readonly #messages: DeliveryMessages;
  #singles = 0;
  #bulks = 0;
  #bulkLimit = MAX_BULK;
  #flushing = 0;
  #lastSentAt = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(options: DispatcherOptions, port: DispatcherPort) {
    this.#options = options;
    this.#port = port;
    this.#messages = new DeliveryMessages(port.reporter, options.url);
    this.breaker = new CircuitBreaker(port.backoff);
  }

  /** While flushing nothing waits for company, and what failed is tried again at once – one time. */
  beginFlush(): void {
    this.#flushing++;
    this.breaker.wake();
    this.#port.schedule.advance(this.#port.clock.monotonic(), 0, true);
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
    if (this.#stopped || this.breaker.shut) return;
    const { clock, schedule, admission } = this.#port;
    const now = clock.monotonic();
    const waits = this.#flushing === 0 && !admission.isCrowded;
    schedule.advance(now, waits ? this.#options.flushInterval : 0, false);
    const singles = this.#singles;
    while (this.breaker.allows(now) && schedule.dueCount > 0 && !this.#gathers(now, singles) && this.#sendNext()) {
      this.#lastSentAt = now;
      if (clock.monotonic() - now > SLICE_MS) return this.#port.pumpSoon();
    }
    this.#arm();
  }

  /** So much waits that a server which is well again must be noticed soon. */
  hurry(): void {
    this.breaker.tryBy(this.#port.clock.monotonic() + FILLING_MS);
    this.#arm();
  }

  /**
   * Whether what is due waits for the answer to something that left a moment ago. Devices that become ready one by one
   * would otherwise have a request each, which costs the process many times what their entries cost.
   */
  #gathers(now: number, singles = this.#singles): boolean {
    if (this.#options.delivery === 'single' || this.#flushing > 0 || singles + this.#bulks === 0) return false;
    return this.#port.schedule.dueCount < this.#bulkLimit && now < this.#lastSentAt + GATHER_MS;
  }

  /** Makes sure that the timer rings no later than the next thing to do. */
  #arm(): void {
    const { clock, schedule } = this.#port;
    const now = clock.monotonic();
    let at = schedule.dueCount > 0 ? now : schedule.nextAt(this.#options.flushInterval);
    if (at === undefined) return;
    // What is due and not sent waits for the breaker, or for a request under way, which pumps when it is back.
    at = Math.max(at, this.breaker.readyAt);
    if (schedule.dueCount > 0 && now >= this.breaker.readyAt) {
      if (!this.breaker.allows(now) || !this.#gathers(now)) return;
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
    const { schedule } = this.#port;
    const many = this.#options.delivery === 'auto' && schedule.dueCount > this.#options.maxParallelRequests;
    if (many) {
      if (this.#bulks >= PARALLEL_BULKS) return false;
      this.#startBulk();
      return true;
    }
    if (this.#singles >= this.#options.maxParallelRequests) return false;
    const part = this.#nextPart('/i');
    if (part !== undefined) this.#startSingle(part);
    return true;
  }

  #startSingle(part: Part): void {
    part.queue.busy = true;
    this.#singles++;
    // An app with a salt loses every bulk (docs/protocol.md §2.6), also one that was sealed before the salt was configured.
    const single = part.request.path === '/i' || this.#options.delivery === 'single';
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
      part.queue.busy = true;
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
    const { schedule, order, requests } = this.#port;
    for (let queue = schedule.takeDue(); queue !== undefined; queue = schedule.takeDue()) {
      if (order.mustWait(queue)) continue;
      const request = requests.next(queue, path);
      if (request !== undefined) return { queue, request };
      this.#port.emptied(queue);
    }
    return undefined;
  }

  async #exchange(parts: readonly Part[], single: boolean): Promise<void> {
    const { sender, requests, clock } = this.#port;
    const sealed = parts.map((part) => part.request);
    const sentAt = clock.monotonic();
    this.breaker.sent();
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
    this.#conclude(parts, delivery, single, sentAt);
  }

  #conclude(parts: readonly Part[], delivery: Delivery, single: boolean, sentAt: number): void {
    const now = this.#port.clock.monotonic();
    const { breaker } = this;
    switch (delivery.kind) {
      case 'delivered':
        breaker.success();
        if (!single) this.#bulkLimit = Math.min(MAX_BULK, this.#bulkLimit * 2);
        if (delivery.info !== undefined) this.#messages.ignored(delivery.info);
        for (const part of parts) this.#finish(part, undefined, now);
        return;
      case 'retry':
        // A bulk that never gets an answer may hold one entry that blocks the server: try again in smaller ones.
        if (!single) this.#bulkLimit = Math.max(1, parts.length >> 1);
        breaker.failure(sentAt, now, delivery.afterMs);
        if (this.#port.admission.isFilling) breaker.tryBy(now + FILLING_MS);
        this.#messages.failed(delivery.reason);
        publishRequests(
          'retried',
          parts.map((part) => part.request),
          { reason: delivery.reason },
        );
        for (const part of parts) this.#retry(part, now, delivery);
        return;
      case 'hold':
        breaker.openUntil(now + HOLD_MS);
        this.#messages.onHold(delivery.reason, delivery.message);
        for (const { queue } of parts) this.#delay(queue, now + HOLD_MS);
        return;
      case 'split':
        breaker.answered();
        for (const part of parts) this.#split(part, delivery.reason, now);
        return;
      case 'rejected':
        breaker.answered();
        for (const part of parts) this.#discard(part, 'rejected', delivery.reason, now);
        return;
    }
  }

  #retry(part: Part, now: number, delivery: Extract<Delivery, { kind: 'retry' }>): void {
    const { queue } = part;
    queue.backoff = queue.backoff.next(delivery.afterMs);
    // It is this request's own fault only if the server takes others meanwhile.
    if (delivery.bounded === true && this.breaker.taken > queue.takenThen) queue.refusals++;
    queue.takenThen = this.breaker.taken;
    if (queue.refusals >= MOST_REFUSALS) return this.#discard(part, 'undeliverable', delivery.reason, now);
    this.#delay(queue, now + queue.backoff.delayMs);
  }

  #delay(queue: DeviceQueue, until: number): void {
    this.#port.requests.applyWithdrawal(queue);
    if (queue.isEmpty) return this.#port.emptied(queue);
    queue.notBefore = until;
    this.#port.schedule.delay(queue);
  }

  /** Too large for the way: two requests of half the events, or nothing that can be done. */
  #split(part: Part, reason: string, now: number): void {
    const { queue, request } = part;
    if (request.entries.length < 2) return this.#discard(part, 'rejected', reason, now);
    this.#port.requests.split(queue);
    this.#reschedule(queue, now);
  }

  #discard(part: Part, reason: DropReason, message: string, now: number): void {
    this.#messages.givenUp(part.request.entries.length, message);
    this.#port.discarded(part.request, message);
    this.#finish(part, reason, now);
  }

  #finish({ queue, request }: Part, reason: DropReason | undefined, now: number): void {
    const { admission, backoff, order, requests } = this.#port;
    queue.sealed.shift();
    queue.backoff = backoff;
    queue.refusals = 0;
    if (reason === undefined) admission.delivered(request.entries);
    else admission.dropped(request.entries, reason);
    requests.applyWithdrawal(queue);
    this.#reschedule(queue, now);
    order.release(queue);
  }

  /** @param now on the monotonic clock */
  #reschedule(queue: DeviceQueue, now: number): void {
    const { schedule, clock } = this.#port;
    if (queue.isEmpty) return this.#port.emptied(queue);
    if (queue.sealed.length > 0 || this.#flushing > 0) return schedule.due(queue);
    // What is left has waited since its own time. Sent at once, the last few would be requests for themselves; what has
    // waited half as long goes along, as in `Schedule.advance`.
    queue.since = now - Math.max(0, clock.now() - (queue.waiting.at(0)?.timestamp ?? 0));
    if (queue.since + this.#options.flushInterval / 2 <= now || queue.urgent) return schedule.due(queue);
    schedule.resume(queue);
  }
}
