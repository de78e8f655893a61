import { described } from '../check.js';
import { listOf, plainText } from '../config/schema.js';
import { CountlyDecoratorError } from '../errors.js';
import type { ConsentName } from '../scope/device-scope.js';
import { COMMON_RULES, type CommonOptions, checkCallback, checkOptions, type FromCall } from './options.js';
import { visitorDecorator } from './recorder.js';
import type { AnyWeaver, MethodWeaver } from './weave/method-decorator.js';

/** Features and groups, or a function of the call that gives them. */
export type ConsentNames<This, Args extends readonly unknown[], Result> =
  | ConsentName
  | readonly ConsentName[]
  | FromCall<This, Args, Result, ConsentName | readonly ConsentName[] | null | undefined>;

/**
 * The person agrees to these features or groups when the method ends well.
 *
 * @param names - a feature, a group made with `groupFeatures`, a list, or a function of the call that gives one of them
 * @param options - see {@link CommonOptions}
 * @throws CountlyDecoratorError at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { GiveConsent } from 'countly-weave';
 *
 * class Privacy {
 *   @GiveConsent((call) => call.args[0])
 *   async agree(features: string[]): Promise<void> {}
 *
 *   @GiveConsent(['sessions', 'events'])
 *   async agreeToStatistics(): Promise<void> {}
 * }
 * ```
 */
export function GiveConsent<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  names: ConsentNames<This, Args, Result>,
  options: CommonOptions<This, Args, Result> = {},
): MethodWeaver<This, Args, Result> {
  return consentDecorator('@GiveConsent', names, options as CommonOptions) as MethodWeaver<This, Args, Result>;
}

/**
 * The person withdraws their consent to these features or groups when the method ends well. What waits of them is removed.
 *
 * @param names - a feature, a group made with `groupFeatures`, a list, or a function of the call that gives one of them
 * @param options - see {@link CommonOptions}
 * @throws CountlyDecoratorError at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { WithdrawConsent } from 'countly-weave';
 *
 * class Privacy {
 *   @WithdrawConsent('location')
 *   async hide(): Promise<void> {}
 * }
 * ```
 */
export function WithdrawConsent<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  names: ConsentNames<This, Args, Result>,
  options: CommonOptions<This, Args, Result> = {},
): MethodWeaver<This, Args, Result> {
  return consentDecorator('@WithdrawConsent', names, options as CommonOptions) as MethodWeaver<This, Args, Result>;
}

const LIST = listOf('', plainText);

/** What both have in common: they differ in which way it goes. */
function consentDecorator(
  decorator: '@GiveConsent' | '@WithdrawConsent',
  names: unknown,
  options: CommonOptions,
): AnyWeaver {
  const isFixed = typeof names === 'string' || Array.isArray(names);
  const list = [names].flat();
  if (!isFixed) checkCallback(decorator, 'features', names, options);
  else if (list.length === 0 || !LIST.test(list)) {
    const got = described(names);
    throw new CountlyDecoratorError(`${decorator}: expected names of features or groups, got ${got}.`);
  }
  const checked = checkOptions(decorator, options, COMMON_RULES);
  const call = decorator === '@GiveConsent' ? 'giveConsent' : 'removeConsent';
  const key = isFixed ? list.join(',') : undefined;
  const spec = { decorator, kind: 'consent', key, options: checked, on: 'success', readsArgs: !isFixed } as const;
  return visitorDecorator(spec, (visitor, seen, recorder, scope) => {
    const given = isFixed ? list : [recorder.ask('names', names, scope, seen)].flat();
    const named = given.filter((name) => name !== undefined && name !== null) as ConsentName[];
    if (named.length > 0) visitor[call](...named);
  });
}
