import type { Clock } from '../clock.js';
import type { ResolvedOptions } from '../config/resolve.js';
import type { Query, QueryAnswer, Target } from '../features/feature.js';
import type { Transport } from '../http/transport.js';
import { checksum256 } from '../protocol/checksum.js';
import { SDK_NAME, SDK_VERSION } from '../protocol/sdk-info.js';
import { TEMPORARY_ID } from './device-id.js';

/**
 * Asks a fetching endpoint. Always as a form: everything in it is text there, which is what `/o/sdk` reads on every
 * generation of servers (docs/protocol.md §10).
 */
export async function ask(
  transport: Transport,
  clock: Clock,
  { appKey, appVersion, salt, requestTimeout }: ResolvedOptions,
  { deviceId, idType }: Target,
  query: Query,
): Promise<QueryAnswer> {
  if (deviceId === '' || deviceId === TEMPORARY_ID) {
    return { ok: false, status: 0, message: 'the device has no id yet' };
  }
  // What every request that is made by itself says first (docs/protocol.md §2).
  const fields: Record<string, string> = {
    app_key: appKey,
    device_id: deviceId,
    ...(idType === 9 ? {} : { t: String(idType) }),
    sdk_name: SDK_NAME,
    sdk_version: SDK_VERSION,
    ...(appVersion === undefined ? {} : { av: appVersion }),
    timestamp: String(clock.now()),
    ...query.fields,
  };
  const data = Object.entries(fields)
    .map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`)
    .join('&');
  const body = salt === undefined ? data : `${data}&checksum256=${checksum256(data, salt)}`;
  const contentType = 'application/x-www-form-urlencoded';
  // Sockets do not hold the process; a caller who waits for an answer wants it to live until then.
  const release = query.awaited ? clock.after(requestTimeout + 1000, () => {}, true) : () => {};
  try {
    return await transport.query({ path: query.path, query: '', contentType, body });
  } catch (error) {
    // A transport of the user's own that breaks its contract.
    return { ok: false, status: 0, message: `the transport failed: ${String(error)}` };
  } finally {
    release();
  }
}
