import { createHash } from 'node:crypto';
import { stringOf } from './json.js';

const VOLATILE = /(^|&)(rr|checksum|checksum256)=[^&]*/g;

/**
 * The fingerprint that duplicate suppression compares: query and body without `rr` and checksums, plus the timestamp.
 * They are looked for as a form writes them, so the `rr` of a JSON body stays part of it (docs/protocol.md §2.8).
 */
export function requestFingerprint(query: string, body: string, timestamp: unknown): string | undefined {
  // Without a timestamp the server adds its own clock, so two such requests are never equal.
  if (timestamp === undefined || timestamp === null || timestamp === '') return undefined;
  const text = `${query.replace(VOLATILE, '')}&${body.replace(VOLATILE, '')}`;
  return createHash('sha1').update(text).digest('hex') + stringOf(timestamp);
}

/** What a JSON body says without `rr` and checksums: tells a repetition that a server takes for another request. */
export function fingerprintWithoutRr(members: Readonly<Record<string, unknown>>): string {
  const { rr: _rr, checksum: _checksum, checksum256: _checksum256, ...rest } = members;
  return createHash('sha1').update(JSON.stringify(rest)).digest('hex');
}

/** The server's own id of a user: two apps never share one. */
export function uidOf(appKey: string, deviceId: string): string {
  return createHash('sha1')
    .update(appKey + deviceId)
    .digest('hex');
}

export const ZERO_UUID = '00000000-0000-0000-0000-000000000000';
export const TEMPORARY_ID = '[CLY]_temp_id';
