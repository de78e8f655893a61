import type { RequestContext } from '../identity/request-context.js';
import { read } from '../identity/request-values.js';
import type { DeviceIdResolver } from '../identity/resolvers.js';
import { recordOf } from '../scope/unknown-record.js';
import { CARRIER_HEADER } from './carrier.js';

const READS_CARRIER: unique symbol = Symbol('countly-weave.nest.reads-carrier');

/** @internal true for resolvers whose answer is a carrier, to be checked before it counts. */
export function readsCarrier(resolver: object): boolean {
  return READS_CARRIER in resolver;
}

/**
 * The device id, and what the person agreed to, from the carrier another service of yours sent: the header
 * `x-countly-carrier`, or the field `countly` of a message. Needs the option `carrier`. A resolver of `consent` that
 * answers goes before what was carried.
 *
 * RPC messages, queue jobs and events are looked at by themselves, after all resolvers.
 *
 * @example
 * ```ts
 * import { CountlyModule, fromCarrier, fromCookie } from 'countly-weave/nest';
 *
 * const countly = CountlyModule.forRoot({
 *   url: 'http://127.0.0.1:6010',
 *   appKey: 'shop',
 *   deviceId: [fromCarrier(), fromCookie('visitor')],
 *   carrier: { secret: 'at least thirty-two characters long' },
 * });
 * ```
 */
export function fromCarrier(): DeviceIdResolver {
  return Object.assign((context: RequestContext) => carrierOf(context), { [READS_CARRIER]: true });
}

/** @internal the carrier a request or message came with, not yet checked. */
export function carrierOf(context: RequestContext): string | undefined {
  const carrier = read(() => context.header(CARRIER_HEADER) ?? recordOf(context.data)?.['countly']);
  return typeof carrier === 'string' ? carrier : undefined;
}

/** @internal the carrier a job or an event came with: in the data of a job, or on the event itself. */
export function carrierOfWork([work]: readonly unknown[]): string | undefined {
  const given = recordOf(work);
  const carrier = read(() => recordOf(given?.['data'])?.['countly'] ?? given?.['countly']);
  return typeof carrier === 'string' ? carrier : undefined;
}
