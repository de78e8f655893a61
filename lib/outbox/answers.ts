import type { Clock } from '../clock.js';
import type { Backoff } from '../http/backoff.js';
import type { Reporter } from '../logger.js';
import type { Delivery } from '../protocol/answer.js';
import type { SealedRequest } from '../protocol/entry.js';
import type { Admission } from './admission.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import { DeliveryMessages, publishRequests } from './delivery-messages.js';
import type { DeviceQueue } from './device-queues.js';
import type { DropReason } from './ledger.js';
import type { MergeOrder } from './merge-order.js';
import type { Requests } from './requests.js';
import type { Schedule } from './schedule.js';

/** Failures that say something about a request, from which it is given up. */
const MOST_REFUSALS = 10;
const HOLD_MS = 60_000;
/** Longest pause of our own making while the queue fills up. */
export const FILLING_MS = 1_000;

/** A device's request on its way. */
export interface Part {
  readonly queue: DeviceQueue;
  readonly request: SealedRequest;
}

export interface Circumstances {
  readonly sentAt: number;
  /** Somebody waits for all that is here. */
  readonly flushing: boolean;
}

export interface AnswersPort {
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly admission: Admission;
  readonly requests: Requests;
  readonly schedule: Schedule;
  readonly order: MergeOrder;
  readonly backoff: Backoff;
  readonly breaker: CircuitBreaker;
  /** A device has nothing more to send. */
  emptied(queue: DeviceQueue): void;
  /** A request ends undelivered. */
  discarded(request: SealedRequest, reason: string): void;
}

/** Decides what an answer means for the entries of a request, and when its device is next. */
export class Answers {
  readonly #options: { readonly url: string; readonly flushInterval: number };
  readonly #port: AnswersPort;
  readonly #messages: DeliveryMessages;
  #flushing = false;

  constructor(options: { readonly url: string; readonly flushInterval: number }, port: AnswersPort) {
    this.#options = options;
    this.#port = port;
    this.#messages = new DeliveryMessages(port.reporter, options.url);
  }

  /** @param sentAt on the monotonic clock */
  conclude(parts: readonly Part[], delivery: Delivery, { sentAt, flushing }: Circumstances): void {
    const now = this.#port.clock.monotonic();
    const { breaker } = this.#port;
    this.#flushing = flushing;
    switch (delivery.kind) {
      case 'delivered':
        breaker.success();
        if (delivery.info !== undefined) this.#messages.ignored(delivery.info);
        for (const part of parts) this.#finish(part, undefined, now);
        return;
      case 'retry':
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
        this.#messages.onHold(delivery.reason, delivery.message);
        this.#hold(parts, now + Math.max(HOLD_MS, delivery.afterMs ?? 0));
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
    if (delivery.bounded === true && this.#port.breaker.taken > queue.takenThen) queue.refusals++;
    queue.takenThen = this.#port.breaker.taken;
    if (queue.refusals >= MOST_REFUSALS) return this.#discard(part, 'undeliverable', delivery.reason, now);
    this.#delay(queue, now + queue.backoff.delayMs);
  }

  #hold(parts: readonly Part[], until: number): void {
    this.#port.breaker.openUntil(until);
    for (const { queue } of parts) this.#delay(queue, until);
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
    if (queue.sealed.length > 0 || this.#flushing) return schedule.due(queue);
    // What is left has waited since its own time. Sent at once, the last few would be requests for themselves; what has
    // waited half as long goes along, as in `Schedule.advance`.
    queue.since = now - Math.max(0, clock.now() - (queue.waiting.at(0)?.timestamp ?? 0));
    if (queue.since + this.#options.flushInterval / 2 <= now || queue.urgent) return schedule.due(queue);
    schedule.resume(queue);
  }
}
