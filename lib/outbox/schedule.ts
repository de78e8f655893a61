import type { DeviceQueue } from './device-queue.js';

/**
 * Which device may send next: `fresh` ones still wait for company, `due` ones are ready in the order they became so,
 * `delayed` ones failed and wait for their time. A queue is in one of the three, or busy, or empty.
 */
export class Schedule {
  readonly #fresh = new Set<DeviceQueue>();
  readonly #due = new Set<DeviceQueue>();
  readonly #delayed = new Set<DeviceQueue>();

  get dueCount(): number {
    return this.#due.size;
  }

  isScheduled(queue: DeviceQueue): boolean {
    return this.#fresh.has(queue) || this.#due.has(queue) || this.#delayed.has(queue);
  }

  fresh(queue: DeviceQueue): void {
    this.#fresh.add(queue);
  }

  due(queue: DeviceQueue): void {
    this.#fresh.delete(queue);
    this.#delayed.delete(queue);
    this.#due.add(queue);
  }

  /** A queue that waits for company needs no more of it. One that failed keeps waiting. */
  hurry(queue: DeviceQueue): boolean {
    if (!this.#fresh.has(queue)) return false;
    this.due(queue);
    return true;
  }

  delay(queue: DeviceQueue): void {
    this.#delayed.add(queue);
  }

  remove(queue: DeviceQueue): void {
    this.#fresh.delete(queue);
    this.#due.delete(queue);
    this.#delayed.delete(queue);
  }

  takeDue(): DeviceQueue | undefined {
    const queue = this.#due.values().next().value;
    if (queue !== undefined) this.#due.delete(queue);
    return queue;
  }

  /** The queue whose entries have waited longest, for overflow. */
  oldest(): DeviceQueue | undefined {
    return this.#due.values().next().value ?? this.#fresh.values().next().value ?? this.#delayed.values().next().value;
  }

  /** Moves what has waited long enough; `everything` ignores the times. */
  advance(now: number, waitMs: number, everything: boolean): void {
    for (const queue of this.#fresh) {
      // Sets keep insertion order, so the first that is too young ends the search.
      if (!everything && queue.since + waitMs > now) break;
      this.due(queue);
    }
    for (const queue of this.#delayed) {
      if (everything || queue.notBefore <= now) this.due(queue);
    }
  }

  /** When the next queue becomes due, or undefined when none waits. */
  nextAt(waitMs: number): number | undefined {
    const fresh = this.#fresh.values().next().value;
    let next = fresh === undefined ? undefined : fresh.since + waitMs;
    for (const queue of this.#delayed) {
      if (next === undefined || queue.notBefore < next) next = queue.notBefore;
    }
    return next;
  }
}
