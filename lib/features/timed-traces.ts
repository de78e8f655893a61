import { tellMisfit } from '../check.js';
import type { FeaturePort, Target } from './feature.js';
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
    if (!this.#isNamed('startTrace', name)) return undefined;
    const work = this.#port.workOf(target);
    work.traces ??= new Timers();
    return work.traces.start(name, this.#port.clock.monotonic());
  }

  endByName(target: Target, name: unknown, metrics?: unknown): void {
    if (!this.#isNamed('endTrace', name)) return;
    const timer = this.#stop(target, name);
    if (timer !== undefined) return this.#report(target, timer, metrics);
    this.#port.reporter.warn(`endTrace.${name}`, 'endTrace: no trace of this name was started; nothing is reported.');
  }

  end(target: Target, timer: RunningTimer, metrics?: unknown): void {
    if (timer.stop()) this.#report(target, timer, metrics);
  }

  cancelByName(target: Target, name: unknown): boolean {
    return this.#isNamed('cancelTrace', name) && this.#stop(target, name) !== undefined;
  }

  cancelAll(target: Target): void {
    (target.work ?? this.#port.peekState(target.deviceId))?.traces?.clear();
  }

  #isNamed(call: string, name: unknown): name is string {
    if (typeof name === 'string' && name !== '') return true;
    const expected = 'a non-empty text';
    tellMisfit(this.#port.reporter, { call, argument: 'name', expected, value: name, outcome: 'nothing is reported' });
    return false;
  }

  #stop(target: Target, name: string): RunningTimer | undefined {
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
