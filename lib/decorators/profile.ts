import type { UserDetails as Details } from '../protocol/user-details.js';
import type { UserData as Data } from '../scope/scope-members.js';
import type { Call } from './call.js';
import {
  COMMON_RULES,
  type CommonOptions,
  checkCallback,
  checkOptions,
  type FromCall,
  type Outcome,
} from './options.js';
import { visitorDecorator } from './recorder.js';
import type { MethodWeaver } from './weave/method-decorator.js';

/** As the decorator of the same name, {@link Details} of a person. */
export type UserDetails = Details;
/** As the decorator of the same name, changes of a person's properties: {@link Data}. */
export type UserData = Data;

/**
 * Reports what is known of the person when the method ends well: name, e-mail, custom properties.
 *
 * @param details - gives them; `undefined` when there is nothing to report
 * @param options - see {@link CommonOptions}
 * @throws CountlyDecoratorError at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { UserDetails } from 'countly-weave';
 *
 * class Accounts {
 *   @UserDetails((call) => ({ name: call.args[0], custom: { plan: call.result?.plan } }))
 *   async register(name: string): Promise<{ plan: string }> {
 *     return { plan: 'free' };
 *   }
 * }
 * ```
 */
export function UserDetails<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  details: FromCall<This, Args, Result, Details | null | undefined>,
  options: CommonOptions<This, Args, Result> = {},
): MethodWeaver<This, Args, Result> {
  checkCallback('@UserDetails', 'the details', details, options);
  const checked = checkOptions('@UserDetails', options, COMMON_RULES);
  const spec = { ...profile('@UserDetails'), options: checked };
  return visitorDecorator(spec, (visitor, call, recorder, scope) => {
    const told = recorder.ask('details', details, scope, call);
    if (told !== undefined && told !== null) visitor.userDetails(told);
  });
}

/**
 * Changes custom properties of the person when the method ends well: set, count, add to lists. The changes leave with the
 * next record of the person, or after five seconds.
 *
 * @param change - gets the properties and the call
 * @param options - see {@link CommonOptions}
 * @throws CountlyDecoratorError at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { UserData } from 'countly-weave';
 *
 * class Accounts {
 *   @UserData((user, call) => {
 *     user.increment('logins');
 *     user.set('last_name_used', call.args[0]);
 *   })
 *   async login(name: string): Promise<void> {}
 * }
 * ```
 */
export function UserData<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  change: (user: Data, call: Call<This, Args, Outcome<Result>>) => void,
  options: CommonOptions<This, Args, Result> = {},
): MethodWeaver<This, Args, Result> {
  checkCallback('@UserData', 'no value and changes the user', change, options);
  const checked = checkOptions('@UserData', options, COMMON_RULES);
  const spec = { ...profile('@UserData'), options: checked };
  return visitorDecorator(spec, ({ userData }, call, recorder, scope) => {
    recorder.ask('change', (seen: typeof call) => change(userData, seen as never), scope, call);
  });
}

const profile = (decorator: string) =>
  ({ decorator, kind: 'profile', key: undefined, on: 'success', readsArgs: true }) as const;
