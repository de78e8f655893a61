import { optionsOf, tellMisfit } from '../check.js';
import type { EventInput, Events } from './events.js';
import type { FeaturePort, Target } from './feature.js';
import { type RunningTimer, Timers } from './timers.js';

/** Events that carry the time between their start and their end, measured on the monotonic clock. */
export class TimedEvents {
  readonly #port: FeaturePort;
  readonly #events: Events;

  constructor(port: FeaturePort, events: Events) {
    this.#port = port;
    this.#events = events;
  }

  start(target: Target, key: unknown): RunningTimer | undefined {
    if (!this.#isNamed('startEvent', key)) return undefined;
    const work = this.#port.workOf(target);
    work.timers ??= new Timers();
    return work.timers.start(key, this.#port.clock.monotonic());
  }

  /** Ends the event of this key that was started last: in this unit of work, else for the device. */
  endByKey(target: Target, key: unknown, input?: EventInput): void {
    if (!this.#isNamed('endEvent', key)) return;
    const timer = this.#stop(target, key);
    if (timer !== undefined) return this.#record(target, timer, input);
    this.#port.reporter.warn(`endEvent.${key}`, 'endEvent: no event of this key was started; nothing is recorded.');
  }

  /** Ends exactly this one; later calls do nothing. */
  end(target: Target, timer: RunningTimer, input?: EventInput): void {
    if (timer.stop()) this.#record(target, timer, input);
  }

  cancelByKey(target: Target, key: unknown): boolean {
    return this.#isNamed('cancelEvent', key) && this.#stop(target, key) !== undefined;
  }

  #isNamed(call: string, key: unknown): key is string {
    if (typeof key === 'string' && key !== '') return true;
    const expected = 'a non-empty text';
    tellMisfit(this.#port.reporter, { call, argument: 'key', expected, value: key, outcome: 'nothing is recorded' });
    return false;
  }

  #stop(target: Target, key: string): RunningTimer | undefined {
    return target.work?.timers?.stopLast(key) ?? this.#port.peekState(target.deviceId)?.timers?.stopLast(key);
  }

  #record(target: Target, timer: RunningTimer, input: EventInput | undefined): void {
    const dur = (this.#port.clock.monotonic() - timer.startedAt) / 1000;
    const { count, sum, segmentation, timestamp, rollUp } = optionsOf(this.#port.reporter, 'endEvent', input) ?? {};
    this.#events.add(target, timer.key, { count, sum, segmentation, timestamp, rollUp, dur });
  }
}
