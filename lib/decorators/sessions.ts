import { flag, type Members } from '../config/schema.js';
import type { SessionOptions } from '../scope/scope-api.js';
import { COMMON_RULES, type CommonOptions, checkOptions } from './options.js';
import { visitorDecorator } from './recorder.js';
import type { MethodWeaver } from './weave/method-decorator.js';

/** Options of `@BeginSession`. */
export interface BeginSessionOptions<
  This = unknown,
  Args extends readonly unknown[] = readonly unknown[],
  Result = unknown,
> extends CommonOptions<This, Args, Result>,
    SessionOptions {}

const BEGIN_RULES: Members = { ...COMMON_RULES, heartbeat: flag };

/**
 * Begins the session of the person when the method ends well; one that is open goes on.
 *
 * @param options - see {@link BeginSessionOptions}
 * @throws CountlyDecoratorError at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { BeginSession } from 'countly-weave';
 *
 * class Accounts {
 *   @BeginSession()
 *   async login(name: string, password: string): Promise<void> {}
 * }
 * ```
 */
export function BeginSession<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  options: BeginSessionOptions<This, Args, Result> = {},
): MethodWeaver<This, Args, Result> {
  const checked = checkOptions('@BeginSession', options, BEGIN_RULES);
  const { heartbeat } = checked;
  const spec = {
    decorator: '@BeginSession',
    kind: 'session',
    key: undefined,
    options: checked,
    on: 'success',
  } as const;
  return visitorDecorator(spec, (visitor) =>
    heartbeat === undefined ? visitor.beginSession() : visitor.beginSession({ heartbeat }),
  );
}

/**
 * Ends the open session of the person, and the view on display, when the method ends well.
 *
 * @param options - see {@link CommonOptions}
 * @throws CountlyDecoratorError at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { EndSession } from 'countly-weave';
 *
 * class Accounts {
 *   @EndSession()
 *   logout(): void {}
 * }
 * ```
 */
export function EndSession<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  options: CommonOptions<This, Args, Result> = {},
): MethodWeaver<This, Args, Result> {
  const checked = checkOptions('@EndSession', options, COMMON_RULES);
  const spec = { decorator: '@EndSession', kind: 'session', key: undefined, options: checked, on: 'success' } as const;
  return visitorDecorator(spec, (visitor) => visitor.endSession());
}
