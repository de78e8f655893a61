import type { ModulesContainer } from '@nestjs/core';

/** Name of the client that is meant when none is given. */
export const DEFAULT_NAME = 'default';

/** @internal the name a `CountlyModule` was registered under, inside that module. */
export const COUNTLY_CLIENT_NAME = Symbol('countly-weave.nest.client-name');

/** @internal the names of all clients of an application, also of those that are not made yet. */
export function clientNames(modules: ModulesContainer): string[] {
  return [...modules.values()].flatMap(({ providers }) => {
    const name: unknown = providers.get(COUNTLY_CLIENT_NAME)?.instance;
    return typeof name === 'string' ? name : [];
  });
}

/** @internal the options after `name` and `isGlobal` were taken out. */
export const COUNTLY_MODULE_OPTIONS = 'COUNTLY_MODULE_OPTIONS';

/**
 * The injection token of a client, for `useFactory` providers and for tests that replace it.
 *
 * @param name - name given to `CountlyModule.forRoot`. Default: the unnamed client
 * @example
 * ```ts
 * import { Countly } from 'countly-weave';
 * import { getCountlyToken } from 'countly-weave/nest';
 *
 * const provider = {
 *   provide: 'BILLING_SCOPE',
 *   useFactory: (billing: Countly) => billing.device('billing-job'),
 *   inject: [getCountlyToken('billing')],
 * };
 * ```
 */
export function getCountlyToken(name: string = DEFAULT_NAME): string {
  return `COUNTLY_CLIENT:${name}`;
}
