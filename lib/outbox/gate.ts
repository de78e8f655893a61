import type { Backoff } from '../transport/backoff.js';

/**
 * Opens and closes the way to the server as a whole. One failing request waits for itself; several in a row, or a
 * server that names a delay, mean that everything should wait.
 */
export class Gate {
  readonly #start: Backoff;
  #backoff: Backoff;
  #openAt = 0;
  #restUntil = 0;
  /** Nothing may leave, for as long as the server or the configuration says so. */
  shut = false;

  constructor(start: Backoff) {
    this.#start = start;
    this.#backoff = start;
  }

  /** On the monotonic clock. */
  get openAt(): number {
    return Math.max(this.#openAt, this.#restUntil);
  }

  isOpen(now: number): boolean {
    return !this.shut && now >= this.openAt;
  }

  success(): void {
    this.#backoff = this.#start;
    this.#openAt = 0;
  }

  /** A pause that success does not end: the server is well, and is to stay so. */
  rest(until: number): void {
    this.#restUntil = Math.max(this.#restUntil, until);
  }

  /** Someone waits for what is here. */
  wake(): void {
    this.#restUntil = 0;
    this.success();
  }

  failure(now: number, afterMs: number | undefined): void {
    this.#backoff = this.#backoff.next(afterMs);
    if (afterMs !== undefined || this.#backoff.failures >= 3) this.closeUntil(now + this.#backoff.delayMs);
  }

  closeUntil(time: number): void {
    this.#openAt = Math.max(this.#openAt, time);
  }
}
