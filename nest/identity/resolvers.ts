import type { RequestContext } from './request-context.js';

/** What a resolver may answer; anything that cannot be a device id counts as no answer. */
export type DeviceIdAnswer = string | number | bigint | null | undefined;

/**
 * Finds the device id of a unit of work. May be async. One that throws, rejects or takes longer than `resolverTimeout`
 * costs one warning, and the next one is asked.
 */
export type DeviceIdResolver = (context: RequestContext) => DeviceIdAnswer | PromiseLike<DeviceIdAnswer>;

/** @internal set on what is worth asking again once the guards ran. */
const AFTER_GUARDS: unique symbol = Symbol('countly-weave.nest.after-guards');

/** @internal */
export function asksAfterGuards(resolver: object): boolean {
  return AFTER_GUARDS in resolver;
}

const NAMES_USER: unique symbol = Symbol('countly-weave.nest.names-user');

/** @internal true for resolvers whose answer is a person who logged in. */
export function namesUser(resolver: object): boolean {
  return NAMES_USER in resolver;
}

/**
 * The device id from a request header, such as one your own front end sends.
 *
 * @example
 * ```ts
 * import { CountlyModule, fromCookie, fromHeader } from 'countly-weave/nest';
 *
 * const countly = CountlyModule.forRoot({
 *   url: 'http://127.0.0.1:6010',
 *   appKey: 'shop',
 *   deviceId: [fromHeader('x-device-id'), fromCookie('visitor')],
 * });
 * ```
 */
export function fromHeader(name: string): DeviceIdResolver {
  const key = name.toLowerCase();
  return (context) => context.header(key);
}

/**
 * The device id from a cookie. Reads the `Cookie` header itself, so no cookie parser is needed; the signature of a
 * signed cookie is not checked: use a function of `context.request.signedCookies` for those.
 */
export function fromCookie(name: string): DeviceIdResolver {
  return (context) => context.cookie(name);
}

/**
 * The device id from the logged-in user. `request.user` is set by a guard or a middleware, after the scope of the request
 * was opened: what is recorded before belongs to whom the other resolvers name, everything from the handler on to the
 * user.
 *
 * @example
 * ```ts
 * import { fromCookie, fromUser } from 'countly-weave/nest';
 *
 * interface ShopUser { id: string }
 * const deviceId = [fromUser<ShopUser>((user) => user.id), fromCookie('visitor')];
 * ```
 */
export function fromUser<User = Record<string, unknown>>(pick: (user: User) => DeviceIdAnswer): DeviceIdResolver {
  const resolver: DeviceIdResolver = (context) => {
    const { user } = context;
    return user === undefined || user === null ? undefined : pick(user as User);
  };
  return Object.assign(again(resolver), { [NAMES_USER]: true });
}

/**
 * A resolver (of device ids or of consent) that is asked only after the guards ran, when `context.execution` is set.
 * HTTP requests then pass one more interceptor, so prefer resolvers that can answer when the request arrives.
 *
 * @example
 * ```ts
 * import { afterGuards, CountlyModule } from 'countly-weave/nest';
 *
 * const countly = CountlyModule.forRoot({
 *   url: 'http://127.0.0.1:6010',
 *   appKey: 'shop',
 *   deviceId: afterGuards((context) => context.execution?.getClass().name),
 * });
 * ```
 */
export function afterGuards<Answer>(
  resolver: (context: RequestContext) => Answer,
): (context: RequestContext) => Answer | undefined {
  return again((context) => (context.execution === undefined ? undefined : resolver(context)));
}

function again<Resolver extends object>(resolver: Resolver): Resolver {
  return Object.assign(resolver, { [AFTER_GUARDS]: true });
}
