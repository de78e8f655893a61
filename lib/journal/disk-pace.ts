import type { Clock } from '../clock.js';

/** A write of one batch takes about a tenth of a millisecond when it only reaches the operating system's memory. */
const QUICK_MS = 2;
/** Writes in a row that together held up the host for longer than this make the disk a slow one. */
const PATIENCE_MS = 20;
/** How long a slow disk stays one, in milliseconds. */
const SLOW_FOR_MS = 30_000;

/**
 * Whether writes may be waited for on the main thread. A single long write says little – the thread may have lost its
 * core – so it is long writes in a row that count, or one that is longer than all patience.
 */
export class DiskPace {
  readonly #clock: Clock;
  #heldUpMs = 0;
  #slowUntil: number;

  constructor(clock: Clock, slowFromTheStart = false) {
    this.#clock = clock;
    this.#slowUntil = slowFromTheStart ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  get quick(): boolean {
    return this.#clock.monotonic() >= this.#slowUntil;
  }

  /** Runs a write and judges the disk by the time it takes. */
  timed(write: () => void): void {
    const start = this.#clock.monotonic();
    write();
    const end = this.#clock.monotonic();
    this.#heldUpMs = end - start > QUICK_MS ? this.#heldUpMs + end - start : 0;
    if (this.#heldUpMs <= PATIENCE_MS) return;
    this.#heldUpMs = 0;
    this.#slowUntil = end + SLOW_FOR_MS;
  }
}
