import type { Entry } from './entry.js';
import { jsonString } from './json-text.js';
import { SDK_NAME, SDK_VERSION } from './sdk-info.js';
import { localTime } from './timestamp.js';

/**
 * The JSON members that stand before the content of every request (contract §2). They are fixed when the request is
 * sealed; the request's time differs from that of the device's request before.
 */
export function requestHead(entries: readonly Entry[], appVersion: string | undefined, timestamp?: number): string {
  const last = entries[entries.length - 1] as Entry;
  const time = timestamp ?? last.timestamp;
  const { hour, dow } = localTime(time, last.tz);
  const av = appVersion === undefined ? '' : `,"av":${jsonString(appVersion)}`;
  // `tz` as text: a Countly server does not store the number 0 (contract §2.2).
  return (
    `"device_id":${jsonString(last.deviceId)},"t":${last.idType},"sdk_name":"${SDK_NAME}","sdk_version":"${SDK_VERSION}"${av}` +
    `,"timestamp":${time},"hour":${hour},"dow":${dow},"tz":"${last.tz}"`
  );
}
