import type { EventOptions, ScopeApi, Segmentation } from '../scope/scope-api.js';
import type { MethodCall } from './call.js';
import { type OptionRules, RULES, readArguments, SEGMENTED_RULES } from './check-options.js';
import type { EventDecoratorOptions } from './options.js';
import { recorder } from './recorder.js';
import { segmentReader } from './segments.js';
import type { Advice } from './weave/advice.js';
import { FAILED, runCallback } from './weave/contained.js';
import { type MethodWeaver, methodDecorator } from './weave/method-decorator.js';
import type { Site } from './weave/woven.js';

const EVENT_RULES: OptionRules = {
  ...SEGMENTED_RULES,
  key: RULES.text,
  count: RULES.count,
  sum: RULES.amount,
  rollUp: RULES.flag,
};

interface MutableEvent {
  count?: number;
  sum?: number;
  dur?: number;
  segmentation?: Segmentation;
  rollUp?: boolean;
}

/**
 * Records an event when the method ends well.
 *
 * @param key - event key. Default: `ClassName.methodName`, resolved when the method first records; give a key when your
 * build renames classes.
 * @param options - see {@link EventDecoratorOptions}
 * @throws {@link CountlyDecoratorError} at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { TrackEvent } from 'countly-weave';
 *
 * class Cart {
 *   \@TrackEvent('item_added', { sum: (call) => call.args[1] })
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
export function TrackEvent<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  first?: string | EventDecoratorOptions<This, Args, Result>,
  second?: EventDecoratorOptions<This, Args, Result>,
): MethodWeaver<This, Args, Result> {
  return eventDecorator('@TrackEvent', first, second);
}

/**
 * Records an event with its duration (`dur`, seconds with microsecond resolution) when the method ends well. For a promise
 * that is when it fulfils, for an Observable when the subscription ends, for a generator when it is done.
 *
 * @param key - event key. Default: `ClassName.methodName`, resolved when the method first records; give a key when your
 * build renames classes.
 * @param options - see {@link EventDecoratorOptions}
 * @throws {@link CountlyDecoratorError} at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { TimedEvent } from 'countly-weave';
 *
 * class Checkout {
 *   \@TimedEvent('checkout', { sum: (call) => call.args[1] })
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
export function TimedEvent<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  first?: string | EventDecoratorOptions<This, Args, Result>,
  second?: EventDecoratorOptions<This, Args, Result>,
): MethodWeaver<This, Args, Result> {
  return eventDecorator('@TimedEvent', first, second);
}

/** What `@TrackEvent` and `@TimedEvent` have in common: they differ in `dur`. */
function eventDecorator<This, Args extends readonly unknown[], Result>(
  decorator: '@TrackEvent' | '@TimedEvent',
  first: string | EventDecoratorOptions<This, Args, Result> | undefined,
  second: EventDecoratorOptions<This, Args, Result> | undefined,
): MethodWeaver<This, Args, Result> {
  const { key, options } = readArguments(decorator, 'key', first, second, EVENT_RULES);
  return methodDecorator({
    decorator,
    key,
    options,
    advice: (site) => eventAdvice(decorator, site, key, options as EventDecoratorOptions),
  });
}

function eventAdvice(decorator: string, site: Site, key: string | undefined, options: EventDecoratorOptions): Advice {
  const timed = decorator === '@TimedEvent';
  const segments = segmentReader(decorator, site, options.segmentation);
  const fixed = fixedPart(options);
  // For records that hold nothing of the call no object is made.
  const unchanging = segments.fixed === undefined ? fixed : Object.freeze({ ...fixed, segmentation: segments.fixed });

  function amount(scope: ScopeApi, option: 'count' | 'sum', seen: MethodCall | undefined): number | undefined {
    const callback = options[option];
    if (typeof callback !== 'function' || seen === undefined) return undefined;
    const what = (): string => `Option \`${option}\` of ${decorator} on ${site.layer(seen.instance)}`;
    const value = runCallback(scope, what, callback, seen);
    return value === FAILED ? undefined : value;
  }

  return recorder({
    kind: timed ? 'timed-event' : 'event',
    decorator,
    site,
    options,
    on: 'success',
    timed,
    needsCall: segments.needsCall || typeof options.count === 'function' || typeof options.sum === 'function',
    readsArgs: segments.readsArgs,
    record(scope, call, seen) {
      const name = key ?? site.layer(call.instance);
      const segmentation = segments.read(scope, call, seen);
      if (!timed && seen === undefined && segmentation === segments.fixed) return scope.addEvent(name, unchanging);
      const event: MutableEvent = { ...fixed };
      const count = amount(scope, 'count', seen);
      const sum = amount(scope, 'sum', seen);
      if (count !== undefined) event.count = count;
      if (sum !== undefined) event.sum = sum;
      if (timed) event.dur = call.durationMs / 1000;
      if (segmentation !== undefined) event.segmentation = segmentation;
      return scope.addEvent(name, event satisfies EventOptions);
    },
  });
}

/** What is the same in every record. */
function fixedPart(options: { readonly count?: unknown; readonly sum?: unknown; readonly rollUp?: boolean }) {
  const part: MutableEvent = {};
  if (typeof options.count === 'number') part.count = options.count;
  if (typeof options.sum === 'number') part.sum = options.sum;
  if (options.rollUp !== undefined) part.rollUp = options.rollUp;
  return Object.freeze(part);
}
