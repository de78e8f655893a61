import { plainText } from '../config/schema.js';
import { CountlyDecoratorError } from '../errors.js';
import { registeredClient } from '../scope/current.js';
import { runCallback } from './call.js';
import { checkOptions, type FromCall, refuseBare } from './options.js';
import { deviceScope } from './recorder.js';
import type { Advice } from './weave/advice.js';
import { type MethodWeaver, methodDecorator } from './weave/method-decorator.js';

/** Options of `@WithDevice`. */
export interface WithDeviceOptions {
  /** Name of the client whose scope is opened. @default the current scope's client, else `default` */
  readonly client?: string;
}

/**
 * Runs the method, and everything it starts, in the scope of the device id computed from its arguments: for queue
 * consumers, cron jobs and event handlers, which no request surrounds. The other decorators of the method record under
 * that device too, wherever they stand.
 *
 * @param deviceId - gives the device id. When it throws or gives no text, the method runs in the scope it was called in.
 * @param options - see {@link WithDeviceOptions}
 * @throws CountlyDecoratorError at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { TimedEvent, WithDevice } from 'countly-weave';
 *
 * class MailJobs {
 *   @WithDevice((call) => call.args[0].visitor)
 *   @TimedEvent('mail_sent')
 *   async send(job: { visitor: string }): Promise<void> {}
 * }
 * ```
 */
export function WithDevice<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  deviceId: FromCall<This, Args, Result, string | undefined>,
  options: WithDeviceOptions = {},
): MethodWeaver<This, Args, Result> {
  refuseBare('@WithDevice', deviceId, options);
  if (typeof deviceId !== 'function') {
    throw new CountlyDecoratorError('@WithDevice: expected a function of the call that gives the device id.');
  }
  const checked = checkOptions('@WithDevice', options, { client: plainText });
  const { client } = checked;
  const advice: Advice = {
    kind: 'device',
    client,
    readsArgs: true,
    opens(current, call) {
      const from = client === undefined ? current : registeredClient(client);
      const where = `The function of @WithDevice on ${[call.className, call.methodName].filter(Boolean).join('.')}`;
      return from && deviceScope(from, runCallback(from, '@WithDevice', 'deviceId', deviceId, call), where);
    },
  };
  return methodDecorator({ decorator: '@WithDevice', options: checked, advice: () => advice });
}
