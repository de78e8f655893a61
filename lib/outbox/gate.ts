import type { Backoff } from '../http/backoff.js';

/**
 * Opens and closes the way to the server as a whole. One failing request waits for itself; several in a row, or a
 * server that names a delay, mean that everything should wait.
 */
export class Gate {
  readonly #start: Backoff;
  #backoff: Backoff;
  #openAt = 0;
  #restUntil = 0;
  /** Until when a probe would be against what the server said. */
  #firmUntil = 0;
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
    this.#firmUntil = 0;
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
    if (afterMs !== undefined) this.closeUntil(now + this.#backoff.delayMs);
    else if (this.#backoff.failures >= 3) this.#openAt = Math.max(this.#openAt, now + this.#backoff.delayMs);
  }

  /** For a reason that trying again does not change. */
  closeUntil(time: number): void {
    this.#firmUntil = Math.max(this.#firmUntil, time);
    this.#openAt = Math.max(this.#openAt, time);
  }

  /** The server may be well again before the pause of our own choice is over. */
  probeBy(time: number): void {
    this.#openAt = Math.min(this.#openAt, Math.max(time, this.#firmUntil));
  }
}
