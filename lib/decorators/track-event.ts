import { readArguments } from './check-options.js';
import { EVENT_RULES, eventAdvice } from './event-advice.js';
import type { EventDecoratorOptions } from './options.js';
import { methodDecorator } from './weave/method-decorator.js';
import type { MethodWeaver } from './weave/targets.js';

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
  const { key, options } = readArguments('@TrackEvent', 'key', first, second, EVENT_RULES);
  return methodDecorator({
    decorator: '@TrackEvent',
    key,
    options,
    advice: (site) => eventAdvice('@TrackEvent', site, key, options, false),
  });
}
