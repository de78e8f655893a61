import type { Clock } from '../clock.js';

/**
 * The time of a session between its reports: `stop_time` and `start_time` take it out and back in, which the client's
 * own sessions do not know. Extends the session while it runs, without holding the process.
 */
export class SessionClock {
  readonly #clock: Clock;
  readonly #extend: (seconds: number) => void;
  #updateMs = 60_000;
  #beatAt = 0;
  #stoppedAfter: number | undefined;
  #running = false;
  #cancel: () => void = () => {};

  constructor(clock: Clock, extend: (seconds: number) => void) {
    this.#clock = clock;
    this.#extend = extend;
  }

  get running(): boolean {
    return this.#running;
  }

  begin(automatic: boolean, updateSeconds: number): void {
    this.#cancel();
    this.#running = true;
    this.#stoppedAfter = undefined;
    this.#updateMs = updateSeconds * 1000;
    this.#beatAt = this.#clock.monotonic();
    if (automatic) this.#beatLater();
  }

  /** Ends the session; returns the whole seconds since its last report. */
  end(): number {
    this.#cancel();
    this.#running = false;
    return Math.round(this.#elapsed() / 1000);
  }

  stop(): void {
    this.#stoppedAfter ??= this.#elapsed();
  }

  resume(): void {
    if (this.#stoppedAfter === undefined) return;
    this.#beatAt = this.#clock.monotonic() - this.#stoppedAfter;
    this.#stoppedAfter = undefined;
  }

  #elapsed(): number {
    return this.#stoppedAfter ?? this.#clock.monotonic() - this.#beatAt;
  }

  #beatLater(): void {
    this.#cancel = this.#clock.after(this.#updateMs, () => {
      if (this.#stoppedAfter === undefined) {
        // Whole seconds are reported; the rest stays for the next report.
        const seconds = Math.round(this.#elapsed() / 1000);
        this.#beatAt += seconds * 1000;
        if (seconds > 0) this.#extend(seconds);
      }
      this.#beatLater();
    });
  }
}
