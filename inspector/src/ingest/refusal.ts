import type { Endpoint } from '../checks/check.js';
import type { Decoded, Parameters } from '../http/decode.js';
import { type Reply, resultReply } from '../http/raw-request.js';
import type { ServerSettings } from '../options.js';
import { claimOf, matchesChecksum } from '../protocol/checksum.js';
import { textOf } from '../protocol/json.js';
import { ZERO_UUID } from '../protocol/payload.js';

/** Why a single request is answered before anything is stored, in the order a classic server looks; else `undefined`. */
export function refusalOf(decoded: Decoded, endpoint: Endpoint, settings: Readonly<ServerSettings>): Reply | undefined {
  const { parameters } = decoded;
  const reserved = reservedIdRefusal(parameters);
  if (reserved !== undefined) return reserved;
  const appKey = textOf(parameters['app_key']);
  // Zero, false and the empty text count as missing for the server.
  if (!appKey || !parameters['device_id']) return resultReply(400, 'Missing parameter "app_key" or "device_id"');
  if (textOf(parameters['device_id']) === ZERO_UUID && endpoint !== 'fetch') return undefined;
  if (settings.appKey !== undefined && appKey !== settings.appKey) return resultReply(400, 'App does not exist');
  if (settings.paused && endpoint !== 'fetch') return resultReply(400, 'App is currently not accepting data');
  return endpoint === 'feedback' ? undefined : checksumRefusal(decoded, settings.salt);
}

/** Names of the server's own API: whatever they hold has to look like one of its ids. */
export function reservedIdRefusal(parameters: Parameters): Reply | undefined {
  for (const name of ['app_id', 'user_id']) {
    const value = parameters[name];
    if (value && (typeof value !== 'string' || value.length !== 24)) {
      return resultReply(400, `Invalid parameter "${name}"`);
    }
  }
  return undefined;
}

function checksumRefusal(decoded: Decoded, salt: string | undefined): Reply | undefined {
  if (salt === undefined) return undefined;
  const claim = claimOf(decoded.parameters);
  if (claim === undefined) return resultReply(200, 'Request does not have checksum');
  return matchesChecksum(decoded.signedTexts, claim, salt)
    ? undefined
    : resultReply(200, 'Request does not match checksum');
}
