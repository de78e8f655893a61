import { createHash } from 'node:crypto';
import { stringOf } from './json.js';

const VOLATILE = /(^|&)(rr|checksum|checksum256)=[^&]*/g;

/** The fingerprint that duplicate suppression compares: query and body without `rr` and checksums, plus the timestamp. */
export function requestFingerprint(query: string, body: string, timestamp: unknown): string | undefined {
  // Without a timestamp the server adds its own clock, so two such requests are never equal.
  if (timestamp === undefined || timestamp === null || timestamp === '') return undefined;
  const text = `${query.replace(VOLATILE, '')}&${body.replace(VOLATILE, '')}`;
  return createHash('sha1').update(text).digest('hex') + stringOf(timestamp);
}

/** The server's own id of a user: two apps never share one. */
export function uidOf(appKey: string, deviceId: string): string {
  return createHash('sha1')
    .update(appKey + deviceId)
    .digest('hex');
}

export const ZERO_UUID = '00000000-0000-0000-0000-000000000000';
export const TEMPORARY_ID = '[CLY]_temp_id';
