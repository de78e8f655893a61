import { type DeviceQueue, LinkedList } from './device-queues.js';

/**
 * Which device may send next: `fresh` ones still wait for company, `resumed` ones wait for it again after they have sent
 * something, `due` ones are ready in the order they became so, `delayed` ones failed and wait for their time. A queue is
 * in one of the four, or busy, or empty.
 */
export class Schedule {
  readonly #fresh = new LinkedList<DeviceQueue>();
  /** What is left in them has waited since times of its own, so these are in no order. */
  readonly #resumed = new LinkedList<DeviceQueue>();
  /** None of the resumed ones has waited for longer. */
  #resumedSince = Number.POSITIVE_INFINITY;
  readonly #due = new LinkedList<DeviceQueue>();
  readonly #delayed = new LinkedList<DeviceQueue>();

  get dueCount(): number {
    return this.#due.size;
  }

  fresh(queue: DeviceQueue): void {
    move(queue, this.#fresh);
  }

  resume(queue: DeviceQueue): void {
    move(queue, this.#resumed);
    this.#resumedSince = Math.min(this.#resumedSince, queue.since);
  }

  due(queue: DeviceQueue): void {
    move(queue, this.#due);
  }

  /** A queue that waits for company needs no more of it. One that failed keeps waiting. */
  hurry(queue: DeviceQueue): boolean {
    if (queue.list !== this.#fresh && queue.list !== this.#resumed) return false;
    this.due(queue);
    return true;
  }

  delay(queue: DeviceQueue): void {
    move(queue, this.#delayed);
  }

  remove(queue: DeviceQueue): void {
    move(queue, undefined);
  }

  takeDue(): DeviceQueue | undefined {
    const queue = this.#due.first;
    if (queue !== undefined) this.#due.remove(queue);
    return queue;
  }

  /** The queue whose entries have waited longest, for overflow. */
  oldest(): DeviceQueue | undefined {
    return this.#due.first ?? this.#fresh.first ?? this.#resumed.first ?? this.#delayed.first;
  }

  /** Moves what has waited long enough; `everything` ignores the times. */
  advance(now: number, waitMs: number, everything: boolean): void {
    if (everything || this.#waitingSince + waitMs <= now) {
      // Once something leaves, what has waited half as long goes along: one request instead of many small ones.
      const enough = now - waitMs / 2;
      for (let queue = this.#fresh.first; queue !== undefined; queue = this.#fresh.first) {
        // They are in the order of their times, so the first that is too young ends the search.
        if (!everything && queue.since > enough) break;
        this.due(queue);
      }
      this.#resumedSince = Number.POSITIVE_INFINITY;
      this.#resumed.forEach((queue) => {
        if (everything || queue.since <= enough) this.due(queue);
        else this.resume(queue);
      });
    }
    this.#delayed.forEach((queue) => {
      if (everything || queue.notBefore <= now) this.due(queue);
    });
  }

  /** No queue that waits for company has waited for longer. */
  get #waitingSince(): number {
    const first = this.#fresh.first;
    return first === undefined ? this.#resumedSince : Math.min(first.since, this.#resumedSince);
  }

  /** When the next queue becomes due, or undefined when none waits. */
  nextAt(waitMs: number): number | undefined {
    let next = this.#waitingSince + waitMs;
    this.#delayed.forEach((queue) => {
      next = Math.min(next, queue.notBefore);
    });
    return next === Number.POSITIVE_INFINITY ? undefined : next;
  }
}

function move(queue: DeviceQueue, to: LinkedList<DeviceQueue> | undefined): void {
  if (queue.list === to) return;
  queue.list?.remove(queue);
  to?.add(queue);
}
