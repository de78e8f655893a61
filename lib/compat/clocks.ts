import { systemClock } from '../clock.js';
import type { OpenView } from '../scope/scope-api.js';

/** Time that can be stopped, as `stop_time` and `start_time` do: what passes in between is no part of it. */
class Stopwatch {
  #startedAt = 0;
  protected stoppedAfter: number | undefined;

  /** Milliseconds since the start. */
  get elapsed(): number {
    return this.stoppedAfter ?? systemClock.monotonic() - this.#startedAt;
  }

  /** Starts with the milliseconds given already on it. */
  start(elapsed = 0): void {
    this.#startedAt = systemClock.monotonic() - elapsed;
    this.stoppedAfter = undefined;
  }

  stop(): void {
    this.stoppedAfter = this.elapsed;
  }

  resume(): void {
    if (this.stoppedAfter !== undefined) this.start(this.stoppedAfter);
  }
}

/** The time of a session between its reports. Extends the session while it runs, without holding the process. */
export class SessionClock extends Stopwatch {
  #cancel: () => void = () => {};
  running = false;

  constructor(private readonly extend: (seconds: number) => void) {
    super();
  }

  begin(automatic: boolean, updateSeconds: number): void {
    this.#cancel();
    this.running = true;
    this.start();
    if (automatic) this.#beatLater(updateSeconds * 1000);
  }

  /** Ends the session; returns the whole seconds since its last report. */
  end(): number {
    this.#cancel();
    this.running = false;
    return Math.round(this.elapsed / 1000);
  }

  #beatLater(updateMs: number): void {
    this.#cancel = systemClock.after(updateMs, () => {
      // Whole seconds are reported; the rest stays for the next report.
      const seconds = Math.round(this.elapsed / 1000);
      if (seconds > 0 && this.stoppedAfter === undefined) {
        this.start(this.elapsed - seconds * 1000);
        this.extend(seconds);
      }
      this.#beatLater(updateMs);
    });
  }
}

/** The view on display and the time it was. */
export class ViewClock extends Stopwatch {
  #view: OpenView | undefined;

  begin(view: OpenView): void {
    this.#view = view;
    this.start();
  }

  end(): void {
    this.#view?.end(this.elapsed / 1000);
    this.#view = undefined;
  }
}
