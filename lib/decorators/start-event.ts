import { described } from '../check.js';
import { either, finite, type Members, oneOf, whole } from '../config/schema.js';
import { CountlyDecoratorError } from '../errors.js';
import type { DeviceScope } from '../scope/device-scope.js';
import type { EventOptions, RunningEvent } from '../scope/scope-api.js';
import {
  COMMON_RULES,
  type CommonOptions,
  checkOptions,
  type EventDecoratorOptions,
  fromCall,
  SEGMENTED_RULES,
} from './options.js';
import { deviceScope, recordingDecorator } from './recorder.js';
import type { MethodWeaver } from './weave/method-decorator.js';

/** Options of `@StartEvent`. */
export interface StartEventOptions<
  This = unknown,
  Args extends readonly unknown[] = readonly unknown[],
  Result = unknown,
> extends CommonOptions<This, Args, Result> {
  /**
   * Where the event runs. `device`: another request or message of the same person may end it. `scope`: only the one that
   * started it can, so that what a person does at the same time is never taken for it.
   *
   * @default 'device'
   */
  readonly within?: 'device' | 'scope';
}

/** Options of `@EndEvent`. */
export type EndEventOptions<
  This = unknown,
  Args extends readonly unknown[] = readonly unknown[],
  Result = unknown,
> = Omit<EventDecoratorOptions<This, Args, Result>, 'key' | 'rollUp'>;

const START_RULES: Members = { ...COMMON_RULES, within: oneOf('device', 'scope') };
const END_RULES: Members = { ...SEGMENTED_RULES, count: either(whole(1), fromCall), sum: either(finite, fromCall) };

/**
 * Starts a timed event when the method is called, for work that another method ends: see {@link EndEvent}. When the method
 * fails, the event is forgotten.
 *
 * @param key - event key
 * @param options - see {@link StartEventOptions}
 * @throws CountlyDecoratorError at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { EndEvent, StartEvent } from 'countly-weave';
 *
 * class Checkout {
 *   @StartEvent('checkout')
 *   begin(): void {}
 *
 *   @EndEvent('checkout', { sum: (call) => call.args[0] })
 *   async pay(amount: number): Promise<void> {}
 * }
 * ```
 */
export function StartEvent<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  key: string,
  options: StartEventOptions<This, Args, Result> = {},
): MethodWeaver<This, Args, Result> {
  checkKey('@StartEvent', key);
  const checked = checkOptions('@StartEvent', options, START_RULES);
  const spec = { decorator: '@StartEvent', kind: 'start-event', key, options: checked, on: 'call' } as const;
  const isWide = checked.within !== 'scope';
  const forget = (_scope: unknown, { failed }: { readonly failed: boolean }, running: unknown): void => {
    if (failed) (running as RunningEvent | undefined)?.cancel();
  };
  return recordingDecorator({ ...spec, afterwards: forget }, (scope) => {
    const home = isWide && scope.deviceId !== '' ? deviceScope(scope, scope.deviceId, '@StartEvent') : scope;
    return home?.startEvent(key);
  });
}

/**
 * Ends the timed event that {@link StartEvent} started under this key, and records it with its duration, when the method
 * ends well. Of several the one started last ends first.
 *
 * @param key - event key
 * @param options - see {@link EndEventOptions}
 * @throws CountlyDecoratorError at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { EndEvent } from 'countly-weave';
 *
 * class Downloads {
 *   @EndEvent('download', { segmentation: (call) => ({ bytes: call.args[0] }) })
 *   finished(bytes: number): void {}
 * }
 * ```
 */
export function EndEvent<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  key: string,
  options: EndEventOptions<This, Args, Result> = {},
): MethodWeaver<This, Args, Result> {
  checkKey('@EndEvent', key);
  const checked = checkOptions('@EndEvent', options, END_RULES);
  const { count, sum } = checked;
  const spec = { decorator: '@EndEvent', kind: 'end-event', key, options: checked, on: 'success' } as const;
  return recordingDecorator(spec, (scope, call, recorder) => {
    const segmentation = recorder.segments.read(scope, call);
    const counted = typeof count === 'number' ? count : recorder.ask('count', count, scope, call);
    const summed = typeof sum === 'number' ? sum : recorder.ask('sum', sum, scope, call);
    const ended = { count: counted, sum: summed, segmentation } as Omit<EventOptions, 'dur'>;
    // A double of a test may have no use for it.
    (scope as Partial<Pick<DeviceScope, 'endEvent'>>).endEvent?.(key, ended);
  });
}

function checkKey(decorator: string, key: unknown): void {
  if (typeof key === 'string' && key !== '') return;
  throw new CountlyDecoratorError(
    `${decorator}: expected the key to be a non-empty text, got ${described(key)}. Write ${decorator}('key').`,
  );
}
