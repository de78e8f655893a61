import type { FeaturePort, Target } from './feature.js';
import { shown } from './read-input.js';
import { type RunningTimer, Timers } from './timers.js';
import type { Traces } from './traces.js';

/** Device traces measured between two calls. */
export class TimedTraces {
  readonly #port: FeaturePort;
  readonly #traces: Traces;

  constructor(port: FeaturePort, traces: Traces) {
    this.#port = port;
    this.#traces = traces;
  }

  start(target: Target, name: unknown): RunningTimer | undefined {
    if (typeof name !== 'string' || name === '') {
      this.#port.reporter.warn('startTrace', `startTrace: name must be a non-empty text, got ${shown(name)}.`);
      return undefined;
    }
    const work = this.#port.workOf(target);
    work.traces ??= new Timers();
    return work.traces.start(name, this.#port.clock.monotonic());
  }

  endByName(target: Target, name: unknown, metrics?: unknown): void {
    const timer = this.#stop(target, name);
    if (timer !== undefined) return this.#report(target, timer, metrics);
    this.#port.reporter.warn(
      `endTrace.${String(name)}`,
      'endTrace: no trace of this name was started; nothing is reported.',
    );
  }

  end(target: Target, timer: RunningTimer, metrics?: unknown): void {
    if (timer.stop()) this.#report(target, timer, metrics);
  }

  cancelByName(target: Target, name: unknown): boolean {
    return this.#stop(target, name) !== undefined;
  }

  cancelAll(target: Target): void {
    (target.work ?? this.#port.peekState(target.deviceId))?.traces?.clear();
  }

  #stop(target: Target, name: unknown): RunningTimer | undefined {
    if (typeof name !== 'string') return undefined;
    return target.work?.traces?.stopLast(name) ?? this.#port.peekState(target.deviceId)?.traces?.stopLast(name);
  }

  #report(target: Target, timer: RunningTimer, metrics: unknown): void {
    const durationMs = this.#port.clock.monotonic() - timer.startedAt;
    this.#traces.report(target, {
      type: 'device',
      name: timer.key,
      startedAt: this.#port.clock.now() - durationMs,
      durationMs,
      metrics,
    });
  }
}
