import { flag, type Members } from '../config/schema.js';
import { COMMON_RULES, type CommonOptions, checkCallback, checkOptions, type FromCall } from './options.js';
import { visitorDecorator } from './recorder.js';
import type { MethodWeaver } from './weave/method-decorator.js';

/** Options of `@ChangeDeviceId`. */
export interface ChangeDeviceIdOptions<
  This = unknown,
  Args extends readonly unknown[] = readonly unknown[],
  Result = unknown,
> extends CommonOptions<This, Args, Result> {
  /**
   * True: the server makes one user of both ids, as after a login. False: they are two people; view and session end, and
   * the new one has agreed to nothing yet. @default false
   */
  readonly merge?: boolean;
}

const CHANGE_RULES: Members = { ...COMMON_RULES, merge: flag };

/**
 * Gives the device of the scope another id when the method ends well, such as the user's at a login.
 *
 * @param deviceId - gives the id; `undefined` leaves it as it is
 * @param options - see {@link ChangeDeviceIdOptions}
 * @throws CountlyDecoratorError at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { ChangeDeviceId } from 'countly-weave';
 *
 * class Accounts {
 *   @ChangeDeviceId((call) => call.result?.userId, { merge: true })
 *   async login(name: string): Promise<{ userId: string }> {
 *     return { userId: 'user-4711' };
 *   }
 * }
 * ```
 */
export function ChangeDeviceId<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  deviceId: FromCall<This, Args, Result, string | null | undefined>,
  options: ChangeDeviceIdOptions<This, Args, Result> = {},
): MethodWeaver<This, Args, Result> {
  const decorator = '@ChangeDeviceId';
  checkCallback(decorator, 'the device id', deviceId, options);
  const checked = checkOptions(decorator, options, CHANGE_RULES);
  const { merge = false } = checked;
  const common = { decorator, key: undefined, on: 'success', readsArgs: true } as const;
  const spec = { ...common, kind: 'identity', options: checked } as const;
  return visitorDecorator(spec, (visitor, call, recorder, scope) => {
    const id = recorder.ask('deviceId', deviceId, scope, call);
    if (id !== undefined && id !== null) visitor.changeId(id as string, { merge });
  });
}
