import type { DeviceQueue } from './device-queue.js';

/**
 * Which device may send next: `fresh` ones still wait for company, `resumed` ones wait for it again after they have sent
 * something, `due` ones are ready in the order they became so, `delayed` ones failed and wait for their time. A queue is
 * in one of the four, or busy, or empty.
 */
export class Schedule {
  readonly #fresh = new Set<DeviceQueue>();
  /** What is left in them has waited since times of its own, so these are in no order. */
  readonly #resumed = new Set<DeviceQueue>();
  /** None of the resumed ones has waited for longer. */
  #resumedSince = Number.POSITIVE_INFINITY;
  readonly #due = new Set<DeviceQueue>();
  /** Stands behind what was taken: a new iterator would step over all the holes that taking leaves in a set. */
  #dueOrder = this.#due.values();
  readonly #delayed = new Set<DeviceQueue>();

  get dueCount(): number {
    return this.#due.size;
  }

  isScheduled(queue: DeviceQueue): boolean {
    return queue.scheduledIn !== undefined;
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
    if (queue.scheduledIn !== this.#fresh && queue.scheduledIn !== this.#resumed) return false;
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
    let next = this.#dueOrder.next();
    if (next.done === true) {
      this.#dueOrder = this.#due.values();
      next = this.#dueOrder.next();
    }
    const queue = next.value;
    if (queue !== undefined) move(queue, undefined);
    return queue;
  }

  /** The queue whose entries have waited longest, for overflow. */
  oldest(): DeviceQueue | undefined {
    for (const queues of [this.#due, this.#fresh, this.#resumed, this.#delayed]) {
      for (const queue of queues) return queue;
    }
    return undefined;
  }

  /** Moves what has waited long enough; `everything` ignores the times. */
  advance(now: number, waitMs: number, everything: boolean): void {
    if (everything || this.#waitingSince + waitMs <= now) {
      // Once something leaves, what has waited half as long goes along: one request instead of many small ones.
      const enough = now - waitMs / 2;
      for (const queue of this.#fresh) {
        // Sets keep insertion order, so the first that is too young ends the search.
        if (!everything && queue.since > enough) break;
        this.due(queue);
      }
      this.#resumedSince = Number.POSITIVE_INFINITY;
      for (const queue of this.#resumed) {
        if (everything || queue.since <= enough) this.due(queue);
        else this.resume(queue);
      }
    }
    for (const queue of this.#delayed) {
      if (everything || queue.notBefore <= now) this.due(queue);
    }
  }

  /** No queue that waits for company has waited for longer. */
  get #waitingSince(): number {
    const first = this.#fresh.values().next().value;
    return first === undefined ? this.#resumedSince : Math.min(first.since, this.#resumedSince);
  }

  /** When the next queue becomes due, or undefined when none waits. */
  nextAt(waitMs: number): number | undefined {
    const since = this.#waitingSince;
    let next = since === Number.POSITIVE_INFINITY ? undefined : since + waitMs;
    for (const queue of this.#delayed) {
      if (next === undefined || queue.notBefore < next) next = queue.notBefore;
    }
    return next;
  }
}

/** A queue knows where it is: looking for it in three sets would cost more than all else a new entry needs. */
function move(queue: DeviceQueue, to: Set<DeviceQueue> | undefined): void {
  if (queue.scheduledIn === to) return;
  queue.scheduledIn?.delete(queue);
  queue.scheduledIn = to;
  to?.add(queue);
}
