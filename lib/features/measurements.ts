import { TEXT, tellMisfit } from '../check.js';
import { type RunningTimer, Timers } from './device-state.js';
import type { FeaturePort, Target } from './feature.js';

/** What is measured, in the words of its calls. */
export interface Measured {
  /** As in `startEvent`, `endEvent`, `cancelEvent`. */
  readonly noun: 'Event' | 'Trace';
  /** What the text is called under which one runs. */
  readonly argument: 'key' | 'name';
  /** Where those that run are kept. */
  readonly kept: 'timers' | 'traces';
}

/** One that has ended. */
export interface Took {
  readonly key: string;
  /** Milliseconds on the monotonic clock. */
  readonly ms: number;
}

/** Times between two calls, by key: those of the request, else those of the device. */
export class Measurements<Details> {
  readonly #port: FeaturePort;
  readonly #measured: Measured;
  readonly #record: (target: Target, took: Took, details: Details | undefined) => void;

  constructor(
    port: FeaturePort,
    measured: Measured,
    record: (target: Target, took: Took, details: Details | undefined) => void,
  ) {
    this.#port = port;
    this.#measured = measured;
    this.#record = record;
  }

  start(target: Target, key: unknown): RunningTimer | undefined {
    if (!this.#isNamed('start', key)) return undefined;
    const { kept } = this.#measured;
    const work = this.#port.workOf(target);
    work[kept] ??= new Timers();
    return work[kept]?.start(key, this.#port.clock.monotonic());
  }

  /** Ends exactly this one; later calls do nothing. */
  end(target: Target, timer: RunningTimer, details?: Details): void {
    if (timer.stop()) this.#ended(target, timer, details);
  }

  /** Ends the one of this key that was started last. */
  endByKey(target: Target, key: unknown, details?: Details): void {
    if (!this.#isNamed('end', key)) return;
    const timer = this.#stop(target, key);
    if (timer !== undefined) return this.#ended(target, timer, details);
    const { noun, argument } = this.#measured;
    const said = `end${noun}: no ${noun.toLowerCase()} of this ${argument} was started; nothing is recorded.`;
    this.#port.reporter.warn(`end${noun}.unknown`, said);
  }

  /** Whether there was one. */
  cancelByKey(target: Target, key: unknown): boolean {
    return this.#isNamed('cancel', key) && this.#stop(target, key) !== undefined;
  }

  cancelAll(target: Target): void {
    (target.work ?? this.#port.peekState(target.deviceId))?.[this.#measured.kept]?.clear();
  }

  #stop(target: Target, key: string): RunningTimer | undefined {
    const { kept } = this.#measured;
    return target.work?.[kept]?.stopLast(key) ?? this.#port.peekState(target.deviceId)?.[kept]?.stopLast(key);
  }

  #ended(target: Target, { key, startedAt }: RunningTimer, details: Details | undefined): void {
    this.#record(target, { key, ms: this.#port.clock.monotonic() - startedAt }, details);
  }

  #isNamed(verb: 'start' | 'end' | 'cancel', value: unknown): value is string {
    if (typeof value === 'string' && value !== '') return true;
    const { noun, argument } = this.#measured;
    tellMisfit(this.#port.reporter, `${verb}${noun}.${argument}`, TEXT.expected, value, 'nothing is recorded');
    return false;
  }
}
