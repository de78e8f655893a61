import { either, finite, flag, type Members, plainText, whole } from '../config/schema.js';
import type { EventOptions } from '../scope/scope-api.js';
import { type EventDecoratorOptions, fromCall, readArguments, SEGMENTED_RULES } from './options.js';
import { type Admits, recordingDecorator } from './recorder.js';
import type { AnyWeaver, MethodWeaver } from './weave/method-decorator.js';

const EVENT_RULES: Members = {
  ...SEGMENTED_RULES,
  key: plainText,
  count: either(whole(1), fromCall),
  sum: either(finite, fromCall),
  rollUp: flag,
};

/**
 * Records an event when the method ends well.
 *
 * @param key - event key. Default: `ClassName_methodName`, resolved when the method first records; give a key when your
 * build renames classes.
 * @param options - see {@link EventDecoratorOptions}
 * @throws CountlyDecoratorError at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { TrackEvent } from 'countly-weave';
 *
 * class Cart {
 *   @TrackEvent('item_added', { sum: (call) => call.args[1] })
 *   add(sku: string, price: number): void {}
 * }
 * ```
 */
export function TrackEvent<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  options: EventDecoratorOptions<This, Args, Result>,
): MethodWeaver<This, Args, Result>;
export function TrackEvent<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  key?: string,
  options?: Omit<EventDecoratorOptions<This, Args, Result>, 'key'>,
): MethodWeaver<This, Args, Result>;
export function TrackEvent(first?: string | EventDecoratorOptions, second?: EventDecoratorOptions): AnyWeaver {
  return eventDecorator('@TrackEvent', first, second);
}

/**
 * Records an event with its duration (`dur`, seconds with microsecond resolution) when the method ends well. For a promise
 * that is when it fulfils, for an Observable when the subscription ends, for a generator when it is done.
 *
 * @param key - event key. Default: `ClassName_methodName`, resolved when the method first records; give a key when your
 * build renames classes.
 * @param options - see {@link EventDecoratorOptions}
 * @throws CountlyDecoratorError at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { TimedEvent } from 'countly-weave';
 *
 * class Checkout {
 *   @TimedEvent('checkout', { sum: (call) => call.args[1] })
 *   async pay(currency: string, amount: number): Promise<void> {}
 * }
 * ```
 */
export function TimedEvent<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  options: EventDecoratorOptions<This, Args, Result>,
): MethodWeaver<This, Args, Result>;
export function TimedEvent<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  key?: string,
  options?: Omit<EventDecoratorOptions<This, Args, Result>, 'key'>,
): MethodWeaver<This, Args, Result>;
export function TimedEvent(first?: string | EventDecoratorOptions, second?: EventDecoratorOptions): AnyWeaver {
  return eventDecorator('@TimedEvent', first, second);
}

/** What `@TrackEvent` and `@TimedEvent` have in common: they differ in `dur`. */
export function eventDecorator(
  decorator: '@TrackEvent' | '@TimedEvent',
  first: string | EventDecoratorOptions | undefined,
  second: EventDecoratorOptions | undefined,
  admits?: Admits,
): AnyWeaver {
  const { key, options } = readArguments(decorator, 'key', first, second, EVENT_RULES);
  const timed = decorator === '@TimedEvent';
  const { count, sum, rollUp } = options;
  const spec = { decorator, kind: timed ? 'timed-event' : 'event', key, options, on: 'success', timed } as const;
  return recordingDecorator(spec, (scope, call, recorder) => {
    const event: { -readonly [Name in keyof EventOptions]: EventOptions[Name] } = {};
    const segmentation = recorder.segments.read(scope, call);
    if (admits?.(scope, recorder.name(call), segmentation) === false) return undefined;
    const counted = typeof count === 'number' ? count : recorder.ask('count', count, scope, call);
    const summed = typeof sum === 'number' ? sum : recorder.ask('sum', sum, scope, call);
    if (counted !== undefined) event.count = counted as number;
    if (summed !== undefined) event.sum = summed as number;
    if (rollUp !== undefined) event.rollUp = rollUp;
    if (timed) event.dur = call.durationMs / 1000;
    if (segmentation !== undefined) event.segmentation = segmentation;
    return scope.addEvent(recorder.name(call), event);
  });
}
