import type { DeviceIdType, Entry, EntryKind } from './entry.js';
import { jsonString } from './json-text.js';
import { dayTime, localHours } from './timestamp.js';

/** Sent with every request; a Countly server records it as `[name]_version` (docs/protocol.md §2.3). */
export const SDK_NAME = 'typescript-weave';
export const SDK_VERSION = '0.1.0';

/** What stands before the content of a request (docs/protocol.md §2): device and time last, as a storage keeps the rest once. */
export class RequestHead {
  readonly #app: string;
  #last = { idType: 0 as DeviceIdType, kind: 'event' as EntryKind, tz: Number.NaN, hours: Number.NaN, text: '' };

  constructor(appVersion: string | undefined) {
    const version = appVersion === undefined ? '' : `,"av":${jsonString(appVersion)}`;
    this.#app = `"sdk_name":"${SDK_NAME}","sdk_version":"${SDK_VERSION}"${version}`;
  }

  of({ deviceId, idType, kind, tz }: Entry, timestamp: number): string {
    const hours = localHours(timestamp, tz);
    const last = this.#last;
    if (last.hours !== hours || last.tz !== tz || last.idType !== idType || last.kind !== kind) {
      const untold = idType === 9;
      const type = untold ? '' : `,"t":${idType}`;
      const { hour, dow } = dayTime(hours);
      const day = untold && kind !== 'event' ? '' : `,"hour":${hour},"dow":${dow}`;
      // `tz` as text: a Countly server does not store the number 0 (docs/protocol.md §2.2).
      this.#last = { idType, kind, tz, hours, text: `${this.#app}${type}${day},"tz":"${tz}"` };
    }
    return `${this.#last.text},"device_id":${jsonString(deviceId)},"timestamp":${timestamp}`;
  }
}
