import type { Clock } from '../clock.js';
import type { OpenView } from '../scope/scope-api.js';

/** Time that can be stopped, as `stop_time` and `start_time` do: what passes in between is no part of it. */
class Stopwatch {
  readonly #clock: Clock;
  #startedAt = 0;
  #stoppedAfter: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get stopped(): boolean {
    return this.#stoppedAfter !== undefined;
  }

  /** Milliseconds since the start. */
  get elapsed(): number {
    return this.#stoppedAfter ?? this.#clock.monotonic() - this.#startedAt;
  }

  /** Starts with the milliseconds given already on it. */
  start(elapsed = 0): void {
    this.#startedAt = this.#clock.monotonic() - elapsed;
    this.#stoppedAfter = undefined;
  }

  stop(): void {
    this.#stoppedAfter = this.elapsed;
  }

  resume(): void {
    if (this.#stoppedAfter !== undefined) this.start(this.#stoppedAfter);
  }
}

/** The time of a session between its reports. Extends the session while it runs, without holding the process. */
export class SessionClock {
  readonly #clock: Clock;
  readonly #extend: (seconds: number) => void;
  readonly #sinceReport: Stopwatch;
  #running = false;
  #cancel: () => void = () => {};

  constructor(clock: Clock, extend: (seconds: number) => void) {
    this.#clock = clock;
    this.#extend = extend;
    this.#sinceReport = new Stopwatch(clock);
  }

  get running(): boolean {
    return this.#running;
  }

  begin(automatic: boolean, updateSeconds: number): void {
    this.#cancel();
    this.#running = true;
    this.#sinceReport.start();
    if (automatic) this.#beatLater(updateSeconds * 1000);
  }

  /** Ends the session; returns the whole seconds since its last report. */
  end(): number {
    this.#cancel();
    this.#running = false;
    return Math.round(this.#sinceReport.elapsed / 1000);
  }

  stop(): void {
    this.#sinceReport.stop();
  }

  resume(): void {
    this.#sinceReport.resume();
  }

  #beatLater(updateMs: number): void {
    this.#cancel = this.#clock.after(updateMs, () => {
      // Whole seconds are reported; the rest stays for the next report.
      const seconds = Math.round(this.#sinceReport.elapsed / 1000);
      if (seconds > 0 && !this.#sinceReport.stopped) {
        this.#sinceReport.start(this.#sinceReport.elapsed - seconds * 1000);
        this.#extend(seconds);
      }
      this.#beatLater(updateMs);
    });
  }
}

/** The view on display and the time it was. */
export class ViewClock {
  readonly #shown: Stopwatch;
  #view: OpenView | undefined;

  constructor(clock: Clock) {
    this.#shown = new Stopwatch(clock);
  }

  begin(view: OpenView): void {
    this.#view = view;
    this.#shown.start();
  }

  end(): void {
    this.#view?.end(this.#shown.elapsed / 1000);
    this.#view = undefined;
  }

  forget(): void {
    this.#view = undefined;
  }

  stop(): void {
    this.#shown.stop();
  }

  resume(): void {
    this.#shown.resume();
  }
}
