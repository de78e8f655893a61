import type { Entry } from './entry.js';
import { jsonString } from './json-text.js';
import { localTime } from './timestamp.js';

/** Sent with every request; a Countly server records it as `[name]_version` (docs/protocol.md §2.3). */
export const SDK_NAME = 'typescript-weave';
export const SDK_VERSION = '0.1.0';

/**
 * What stands before the content of a request (docs/protocol.md §2). Numbers among it are texts, since a Countly server takes
 * the number 0 for nothing: Sundays, midnight and given ids would be missing (§17.2).
 */
export class RequestHead {
  readonly #app: string;

  constructor(appVersion: string | undefined) {
    const version = appVersion === undefined ? '' : `,"av":${jsonString(appVersion)}`;
    this.#app = `"sdk_name":"${SDK_NAME}","sdk_version":"${SDK_VERSION}"${version}`;
  }

  /**
   * @param remaining requests that wait, this one included, so never 0: a server recognises a repetition of any kind only
   * by a request that says it (docs/protocol.md §17.3)
   */
  of({ deviceId, idType, kind, tz }: Entry, timestamp: number, remaining: number): string {
    const untold = idType === 9;
    const type = untold ? '' : `,"t":"${idType}"`;
    const { hour, dow } = localTime(timestamp, tz);
    const day = untold && kind !== 'event' ? '' : `,"hour":"${hour}","dow":"${dow}"`;
    const whom = `"device_id":${jsonString(deviceId)},"timestamp":${timestamp},"rr":${remaining}`;
    return `${this.#app}${type}${day},"tz":"${tz}",${whom}`;
  }
}
