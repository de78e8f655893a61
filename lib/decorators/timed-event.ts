import { readArguments } from './check-options.js';
import { EVENT_RULES, eventAdvice } from './event-advice.js';
import type { EventDecoratorOptions } from './options.js';
import { methodDecorator } from './weave/method-decorator.js';
import type { MethodWeaver } from './weave/targets.js';

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
  const { key, options } = readArguments('@TimedEvent', 'key', first, second, EVENT_RULES);
  return methodDecorator({
    decorator: '@TimedEvent',
    key,
    options,
    advice: (site) => eventAdvice('@TimedEvent', site, key, options, true),
  });
}
