import type { Clock } from '../clock.js';
import type { Query, QueryAnswer, Target } from '../features/feature.js';
import type { Transport } from '../http/transport.js';
import { checksum256 } from '../protocol/checksum.js';
import { SDK_NAME, SDK_VERSION } from '../protocol/sdk-info.js';
import { TEMPORARY_ID } from './device-id.js';

/** What every request that is made by itself says first (docs/protocol.md §2), as texts. */
export function commonFields(
  options: { readonly appKey: string; readonly appVersion: string | undefined },
  target: Target,
  timestamp: number,
): Record<string, string> {
  return {
    app_key: options.appKey,
    device_id: target.deviceId,
    ...(target.idType === 9 ? {} : { t: String(target.idType) }),
    sdk_name: SDK_NAME,
    sdk_version: SDK_VERSION,
    ...(options.appVersion === undefined ? {} : { av: options.appVersion }),
    timestamp: String(timestamp),
  };
}

export interface QueryOptions {
  readonly appKey: string;
  readonly salt: string | undefined;
  readonly appVersion: string | undefined;
  readonly requestTimeout: number;
}

/**
 * Asks a fetching endpoint. Always as a form: everything in it is text there, which is what `/o/sdk` reads on every
 * generation of servers (docs/protocol.md §10).
 */
export async function ask(
  transport: Transport,
  clock: Clock,
  options: QueryOptions,
  target: Target,
  query: Query,
): Promise<QueryAnswer> {
  if (target.deviceId === '' || target.deviceId === TEMPORARY_ID) {
    return { ok: false, status: 0, message: 'the device has no id yet' };
  }
  const fields = { ...commonFields(options, target, clock.now()), ...query.fields };
  const data = Object.entries(fields)
    .map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`)
    .join('&');
  const body = options.salt === undefined ? data : `${data}&checksum256=${checksum256(data, options.salt)}`;
  // Sockets do not hold the process; a caller who waits for an answer wants it to live until then.
  const release = query.awaited ? clock.after(options.requestTimeout + 1000, () => {}, true) : () => {};
  try {
    return await transport.query({
      path: query.path,
      query: '',
      contentType: 'application/x-www-form-urlencoded',
      body,
    });
  } catch (error) {
    // A transport of the user's own that breaks its contract.
    return { ok: false, status: 0, message: `the transport failed: ${String(error)}` };
  } finally {
    release();
  }
}
