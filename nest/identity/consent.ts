import type { ConsentFeature } from '../../lib/index.js';
import type { RequestContext } from './request-context.js';

/** Features a person agreed to, `'all'` of them, or `undefined` when this is not known (yet). */
export type ConsentAnswer = readonly ConsentFeature[] | 'all' | undefined;

/**
 * What the person behind a unit of work agreed to. An empty list is a withdrawal: what waits for that device is removed
 * and the server is told. `undefined` leaves what is known of the device as it is; the resolver is then asked once more
 * after the guards ran. One that throws or takes longer than `resolverTimeout` counts as `undefined`.
 */
export type ConsentResolver = (context: RequestContext) => ConsentAnswer | PromiseLike<ConsentAnswer>;
