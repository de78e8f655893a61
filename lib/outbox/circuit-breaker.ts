import type { Backoff } from '../http/backoff.js';

/** Failures in a row, without anything that was delivered between, from which the server itself is taken to be away. */
const ENOUGH = 3;

/**
 * The way to the server as a whole. One failing request waits for itself; several in a row, or a server that names a
 * delay, mean that everything waits. After the pause one request goes ahead, and the others follow when it was taken.
 * A pause is one step of back-off, however many requests fail that were under way before it began.
 */
export class CircuitBreaker {
  /** Nothing may leave, for as long as the server's settings or the configuration say so. */
  shut = false;
  /** Nobody was there at the last attempt, or the server takes nothing for reasons that the next moment will not change. */
  away = false;
  /** How many requests the server has taken. */
  taken = 0;
  #backoff: Backoff;
  #failures = 0;
  /** When the last step was taken, on the monotonic clock like all times here. */
  #steppedAt = Number.NEGATIVE_INFINITY;
  #openUntil = 0;
  /** Until when the server itself has asked us to wait. */
  #namedUntil = 0;
  #restUntil = 0;
  #trial = false;

  constructor(private readonly start: Backoff) {
    this.#backoff = start;
  }

  get readyAt(): number {
    return Math.max(this.#openUntil, this.#namedUntil, this.#restUntil);
  }

  allows(now: number): boolean {
    return !this.shut && now >= this.readyAt && !(this.#trial && this.#failures >= ENOUGH);
  }

  sent(): void {
    this.#trial = true;
  }

  success(): void {
    this.taken++;
    this.answered();
  }

  /** The server is there, whatever it said. */
  answered(): void {
    this.#backoff = this.start;
    this.#failures = 0;
    this.#openUntil = 0;
    this.#trial = false;
    this.away = false;
  }

  /** @param afterMs the delay that the server asked for */
  failure(sentAt: number, now: number, afterMs: number | undefined, unreachable = false): void {
    this.away = unreachable;
    if (afterMs !== undefined) this.#namedUntil = Math.max(this.#namedUntil, now + afterMs);
    // It left before the pause that is on or over: it says nothing new.
    if (sentAt <= this.#steppedAt) return;
    this.#failures++;
    this.#trial = false;
    if (this.#failures < ENOUGH) return;
    this.#backoff = this.#backoff.next();
    this.#steppedAt = now;
    // What leaves after it left later, however the draw was.
    this.#openUntil = now + Math.max(1, this.#backoff.delayMs);
  }

  /** For a reason that trying again soon does not change. */
  openUntil(time: number): void {
    this.#openUntil = Math.max(this.#openUntil, time);
    this.#trial = false;
    this.away = true;
  }

  /** The server may be well again before the pause of our own choice is over. */
  tryBy(time: number): void {
    this.#openUntil = Math.min(this.#openUntil, time);
  }

  /** A pause that success does not end: the server is well, and is to stay so. */
  rest(until: number): void {
    this.#restUntil = Math.max(this.#restUntil, until);
  }

  /** Someone waits for what is here: only what the server asked for is still waited for. */
  wake(): void {
    this.#restUntil = 0;
    this.answered();
  }
}
