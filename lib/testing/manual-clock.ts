import type { Clock } from '../clock.js';

/**
 * A clock that stands still until it is told to move. Timers run in the order of their times, and a timer set by
 * another one's task runs in the same `advance` if its time has come.
 *
 * @example
 * ```ts
 * import { ManualClock } from 'countly-weave/testing';
 *
 * const clock = new ManualClock(Date.UTC(2026, 0, 1));
 * clock.after(1000, () => console.log('one second later'));
 * clock.advance(1000);
 * ```
 */
export class ManualClock implements Clock {
  #now: number;
  #monotonic = 0;
  readonly #timers = new Set<{ readonly at: number; readonly task: () => void }>();

  constructor(startMs = 1_700_000_000_000) {
    this.#now = startMs;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#now;
  }

  /** Milliseconds since it was made. */
  monotonic(): number {
    return this.#monotonic;
  }

  /** Runs a task when time has moved on by so many milliseconds. Returns what takes it back. */
  after(ms: number, task: () => void): () => void {
    const timer = { at: this.#monotonic + ms, task };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that have not run yet. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Moves time on and runs what becomes due, each timer at its own moment. */
  advance(ms: number): void {
    const end = this.#monotonic + ms;
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#timers.delete(timer);
      this.#moveTo(Math.max(timer.at, this.#monotonic));
      timer.task();
    }
    this.#moveTo(end);
  }

  /** Moves the wall clock alone, as a correction of the machine's time does. */
  setNow(ms: number): void {
    this.#now = ms;
  }

  #next(end: number) {
    const due = [...this.#timers].filter(({ at }) => at <= end);
    return due.sort((a, b) => a.at - b.at)[0];
  }

  #moveTo(monotonic: number): void {
    this.#now += monotonic - this.#monotonic;
    this.#monotonic = monotonic;
  }
}
