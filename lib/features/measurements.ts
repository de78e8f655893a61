import { TEXT, tellMisfit } from '../check.js';
import { type RunningTimer, Timers } from './device-state.js';
import { Feature, type FeaturePort, type Target } from './feature.js';

/** What is measured, as in `startEvent` and `endTrace`: what its text is called, and where those that run are kept. */
const MEASURED = { Event: { argument: 'key', kept: 'timers' }, Trace: { argument: 'name', kept: 'traces' } } as const;

/** Records one that has ended, with the milliseconds it took. */
type Ended<Details> = (target: Target, key: string, ms: number, details: Details | undefined) => void;

/** Times between two calls, by key: those of the request, else those of the device. */
export class Measurements<Details> extends Feature {
  constructor(
    port: FeaturePort,
    private readonly noun: keyof typeof MEASURED,
    private readonly ended: Ended<Details>,
  ) {
    super(port);
  }

  start(target: Target, key: unknown): RunningTimer | undefined {
    if (!this.#isNamed('start', key)) return undefined;
    const { kept } = MEASURED[this.noun];
    const work = this.port.workOf(target);
    work[kept] ??= new Timers();
    return work[kept]?.start(key, this.port.clock.monotonic());
  }

  /** Ends exactly this one; later calls do nothing. */
  end(target: Target, timer: RunningTimer, details?: Details): void {
    if (timer.stop()) this.#record(target, timer, details);
  }

  /** Ends the one of this key that was started last. */
  endByKey(target: Target, key: unknown, details?: Details): void {
    if (!this.#isNamed('end', key)) return;
    const timer = this.#stop(target, key);
    if (timer !== undefined) return this.#record(target, timer, details);
    const problem = `no ${this.noun.toLowerCase()} of this ${MEASURED[this.noun].argument} was started`;
    this.warn(`end${this.noun}.unknown`, `${problem}; nothing is recorded`);
  }

  /** Whether there was one. */
  cancelByKey(target: Target, key: unknown): boolean {
    return this.#isNamed('cancel', key) && this.#stop(target, key) !== undefined;
  }

  cancelAll(target: Target): void {
    (target.work ?? this.port.peekState(target.deviceId))?.[MEASURED[this.noun].kept]?.clear();
  }

  #stop(target: Target, key: string): RunningTimer | undefined {
    const { kept } = MEASURED[this.noun];
    return target.work?.[kept]?.stopLast(key) ?? this.port.peekState(target.deviceId)?.[kept]?.stopLast(key);
  }

  #record(target: Target, { key, startedAt }: RunningTimer, details: Details | undefined): void {
    this.ended(target, key, this.port.clock.monotonic() - startedAt, details);
  }

  #isNamed(verb: 'start' | 'end' | 'cancel', value: unknown): value is string {
    if (typeof value === 'string' && value !== '') return true;
    const where = `${verb}${this.noun}.${MEASURED[this.noun].argument}`;
    tellMisfit(this.port.reporter, where, TEXT.expected, value, 'nothing is recorded');
    return false;
  }
}
