import { LinkedList } from '../linked-list.js';
import type { DeviceQueue } from './device-queues.js';

/** Which device may send next. A queue is in one of four lists, or busy, or empty. */
export class Schedule {
  /** Still wait for company, in the order of their times. */
  readonly fresh = new LinkedList<DeviceQueue>();
  /** Ready, in the order they became so. */
  readonly due = new LinkedList<DeviceQueue>();
  /** Failed, and wait for their time. */
  readonly delayed = new LinkedList<DeviceQueue>();
  /** Wait again after they have sent something. What is left has waited since times of its own: these are in no order. */
  readonly #resumed = new LinkedList<DeviceQueue>();
  /** None of the resumed ones has waited for longer. */
  #resumedSince = Number.POSITIVE_INFINITY;

  /** Devices that have something to send and send nothing at the moment. */
  get size(): number {
    return this.fresh.size + this.#resumed.size + this.due.size + this.delayed.size;
  }

  resume(queue: DeviceQueue): void {
    this.#resumed.add(queue);
    this.#resumedSince = Math.min(this.#resumedSince, queue.since);
  }

  /** A queue that waits for company needs no more of it. One that failed keeps waiting. */
  hurry(queue: DeviceQueue): boolean {
    if (queue.list !== this.fresh && queue.list !== this.#resumed) return false;
    this.due.add(queue);
    return true;
  }

  takeDue(): DeviceQueue | undefined {
    const queue = this.due.first;
    if (queue !== undefined) this.due.remove(queue);
    return queue;
  }

  /** The queue whose entries have waited longest, for overflow. */
  oldest(): DeviceQueue | undefined {
    return this.due.first ?? this.fresh.first ?? this.#resumed.first ?? this.delayed.first;
  }

  /** Moves what has waited long enough; `everything` ignores the times. */
  advance(now: number, waitMs: number, everything: boolean): void {
    if (everything || this.#waitingSince + waitMs <= now) {
      // Once something leaves, what has waited half as long goes along: one request instead of many small ones.
      const enough = now - waitMs / 2;
      for (let queue = this.fresh.first; queue !== undefined; queue = this.fresh.first) {
        if (!everything && queue.since > enough) break;
        this.due.add(queue);
      }
      this.#resumedSince = Number.POSITIVE_INFINITY;
      this.#resumed.forEach((queue) => {
        if (everything || queue.since <= enough) this.due.add(queue);
        else this.resume(queue);
      });
    }
    this.delayed.forEach((queue) => {
      if (everything || queue.notBefore <= now) this.due.add(queue);
    });
  }

  /** No queue that waits for company has waited for longer. */
  get #waitingSince(): number {
    const first = this.fresh.first;
    return first === undefined ? this.#resumedSince : Math.min(first.since, this.#resumedSince);
  }

  /** When the next queue becomes due, or undefined when none waits. */
  nextAt(waitMs: number): number | undefined {
    let next = this.#waitingSince + waitMs;
    this.delayed.forEach((queue) => {
      next = Math.min(next, queue.notBefore);
    });
    return next === Number.POSITIVE_INFINITY ? undefined : next;
  }
}
