import type { Clock } from '../clock.js';
import type { OpenView } from '../scope/scope-api.js';

/** The view on display, with the time that `stop_time` takes out of it. */
export class ViewClock {
  readonly #clock: Clock;
  #view: OpenView | undefined;
  #startedAt = 0;
  #stoppedAfter: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(view: OpenView): void {
    this.#view = view;
    this.#startedAt = this.#clock.monotonic();
    this.#stoppedAfter = undefined;
  }

  end(): void {
    const milliseconds = this.#stoppedAfter ?? this.#clock.monotonic() - this.#startedAt;
    this.#view?.end(milliseconds / 1000);
    this.forget();
  }

  forget(): void {
    this.#view = undefined;
    this.#stoppedAfter = undefined;
  }

  stop(): void {
    this.#stoppedAfter ??= this.#clock.monotonic() - this.#startedAt;
  }

  resume(): void {
    if (this.#stoppedAfter === undefined) return;
    this.#startedAt = this.#clock.monotonic() - this.#stoppedAfter;
    this.#stoppedAfter = undefined;
  }
}
