import { counted } from '../check.js';
import type { Delivery } from '../protocol/answer.js';
import type { Entry, SealedRequest } from '../protocol/entry.js';
import { publishRequests } from './delivery-messages.js';
import { type DeviceQueue, MOST_TOGETHER } from './device-queues.js';
import type { DropReason } from './ledger.js';
import type { OutboxParts } from './parts.js';
import type { OutboxOptions } from './port.js';

/** Failures that say something about a request, from which it is given up. */
const MOST_REFUSALS = 10;
const HOLD_MS = 60_000;
/** The same thing is told at most once a minute. */
const TELL_MS = 60_000;
/** Longest pause of our own making while the queue fills up. */
export const FILLING_MS = 1_000;

/** What one device has in an HTTP request. */
export interface Part {
  readonly queue: DeviceQueue;
  readonly requests: readonly SealedRequest[];
}

export function entriesOf({ requests }: Part): readonly Entry[] {
  // Nearly always one, and with many devices this is asked twice an event.
  const [only] = requests;
  return only !== undefined && requests.length === 1 ? only.entries : requests.flatMap(({ entries }) => entries);
}

/** Decides what an answer means for the entries of a request, and when its device is next. */
export class Answers {
  #flushing = false;

  constructor(
    private readonly options: OutboxOptions,
    private readonly outbox: OutboxParts,
  ) {}

  /** @param flushing somebody waits for all that is here */
  conclude(parts: readonly Part[], delivery: Delivery, sentAt: number, flushing: boolean): void {
    const { clock, breaker, admission, reporter, requests } = this.outbox;
    const now = clock.monotonic();
    this.#flushing = flushing;
    switch (delivery.kind) {
      case 'delivered':
        breaker.success();
        // A repetition is answered so when the first one had arrived: all is well.
        if (delivery.info !== undefined && !/\bduplicate request\b/i.test(delivery.info)) {
          const text = `The server accepted a request and ignored it: ${delivery.info}`;
          reporter.warn('info', text, TELL_MS);
        }
        for (const part of parts) this.#finish(part, undefined, now);
        return;
      case 'retry': {
        const { reason, afterMs, unreachable } = delivery;
        breaker.failure(sentAt, now, afterMs, unreachable);
        if (admission.isFilling) breaker.tryBy(now + FILLING_MS);
        const text = `Delivery to ${this.#server} failed and will be tried again: ${reason}.`;
        reporter.warn('retry', text, TELL_MS);
        const retried = parts.flatMap((part) => part.requests);
        publishRequests('retried', retried, { reason });
        for (const part of parts) this.#retry(part, now, delivery);
        return;
      }
      case 'hold': {
        const text = `on hold (${delivery.message}); everything is kept. Check url, appKey and salt.`;
        reporter.error(`hold:${delivery.reason}`, `Delivery to ${this.#server} is ${text}`, TELL_MS);
        const until = now + Math.max(HOLD_MS, delivery.afterMs ?? 0);
        breaker.openUntil(until);
        for (const { queue } of parts) this.#delay(queue, until);
        return;
      }
      case 'split':
      case 'rejected':
        breaker.answered();
        for (const part of parts) {
          const { queue } = part;
          if (part.requests.length > 1) {
            // One spoils the others: fewer of them, until it stands alone.
            queue.together = part.requests.length >> 1;
            this.#reschedule(queue, now);
          } else if (delivery.kind === 'rejected') this.#discard(part, 'rejected', delivery.reason, now);
          else if (entriesOf(part).length > 1) {
            // Too large for the way: two requests of half the events.
            requests.split(queue);
            this.#reschedule(queue, now);
          } else {
            // A proxy that takes nothing at all says the same, so it is no verdict on this one.
            const text = `A request was refused and will be tried again: ${delivery.reason}.`;
            reporter.warn('too-large', text, TELL_MS);
            this.#retry(part, now, { kind: 'retry', reason: delivery.reason, bounded: true });
          }
        }
        return;
    }
  }

  /** The address without user and password, which a URL may carry. */
  get #server(): string {
    const { url } = this.options;
    if (!URL.canParse(url)) return url === '' ? 'the server' : url;
    const { origin, pathname } = new URL(url);
    return pathname === '/' ? origin : `${origin}${pathname}`;
  }

  #retry(part: Part, now: number, delivery: Extract<Delivery, { kind: 'retry' }>): void {
    const { queue } = part;
    const { taken } = this.outbox.breaker;
    // It may hold one that the server cannot bear, and what arrived though its answer was lost is counted again.
    queue.together = Math.max(1, part.requests.length >> 1);
    queue.backoff = queue.backoff.next(delivery.afterMs);
    // It is this request's own fault only if the server takes others meanwhile.
    if (delivery.bounded === true && taken > queue.takenThen && part.requests.length === 1) queue.refusals++;
    queue.takenThen = taken;
    if (queue.refusals >= MOST_REFUSALS) return this.#discard(part, 'undeliverable', delivery.reason, now);
    this.#delay(queue, now + queue.backoff.delayMs);
  }

  #delay(queue: DeviceQueue, until: number): void {
    this.outbox.requests.applyWithdrawal(queue);
    if (queue.isEmpty) return this.outbox.emptied(queue);
    queue.notBefore = until;
    this.outbox.schedule.delayed.add(queue);
  }

  #discard(part: Part, reason: DropReason, message: string, now: number): void {
    const { reporter, deadLetter, admission } = this.outbox;
    const text = `A request was given up (${counted(entriesOf(part).length, 'entry')}): ${message}.`;
    reporter.error(`discard:${reason}`, text, TELL_MS);
    for (const request of part.requests) deadLetter.add(request, message, admission);
    this.#finish(part, reason, now);
  }

  #finish(part: Part, reason: DropReason | undefined, now: number): void {
    const { queue } = part;
    const { admission, backoff, order, requests } = this.outbox;
    queue.sealed = queue.sealed.filter((request) => !part.requests.includes(request));
    queue.backoff = backoff;
    queue.refusals = 0;
    queue.together = Math.min(MOST_TOGETHER, queue.together * 2);
    if (reason === undefined) admission.delivered(entriesOf(part));
    else admission.dropped(entriesOf(part), reason);
    requests.applyWithdrawal(queue);
    this.#reschedule(queue, now);
    order.release(queue.deviceId);
  }

  #reschedule(queue: DeviceQueue, now: number): void {
    const { schedule, clock } = this.outbox;
    if (queue.isEmpty) return this.outbox.emptied(queue);
    if (queue.sealed.length > 0 || this.#flushing) return schedule.due.add(queue);
    // What is left has waited since its own time. Sent at once, the last few would be requests for themselves; what has
    // waited half as long goes along, as in `Schedule.advance`.
    queue.since = now - Math.max(0, clock.now() - (queue.waiting.at(0)?.timestamp ?? 0));
    if (queue.since + this.options.flushInterval / 2 <= now || queue.urgent) return schedule.due.add(queue);
    schedule.resume(queue);
  }
}
