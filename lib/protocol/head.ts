import type { DeviceIdType, Entry, EntryKind, EntryOrigin } from './entry.js';
import { isPlain, jsonString } from './json-text.js';
import { SDK_NAME, SDK_VERSION } from './sdk-info.js';
import { dayTime, localHours } from './timestamp.js';

/** The texts of a head that many requests share. */
export interface HeadTexts {
  /** Up to the device id, with its opening quote. */
  readonly before: string;
  /** From its closing quote to the time. */
  readonly middle: string;
  /** Behind the time. */
  readonly after: string;
}

/** The same texts are the same object, as long as it is used. */
export interface HeadFrame extends HeadTexts {
  /** What they say of the kind of id and of the time zone. */
  readonly idType: DeviceIdType;
  readonly tz: number;
}

/** How a head is made up: `frame.before + deviceId + frame.middle + timestamp + frame.after`. */
export interface HeadCut {
  readonly frame: HeadFrame;
  readonly deviceId: string;
  readonly timestamp: number;
  /** As in the request's last entry. */
  readonly origin?: EntryOrigin | undefined;
}

export interface RequestHead {
  /** JSON members without braces. */
  readonly text: string;
  /** Undefined when the device id has characters that JSON escapes. */
  readonly cut: HeadCut | undefined;
}

const BEFORE = '"device_id":"';
const MOST_FRAMES = 1_000;

/**
 * The JSON members that stand before the content of every request (docs/protocol.md §2). They are fixed when the request is
 * sealed; the request's time differs from that of the device's request before.
 */
export class RequestHeads {
  readonly #frames = new Map<string, HeadFrame>();
  readonly #appVersion: string | undefined;
  /** The frame asked for last: in one hour and time zone nearly all requests have the same. */
  #last: { readonly frame: HeadFrame; readonly kind: EntryKind; readonly hours: number } | undefined;

  constructor(appVersion: string | undefined) {
    this.#appVersion = appVersion;
  }

  of(entries: readonly Entry[], timestamp: number): RequestHead {
    const last = entries[entries.length - 1] as Entry;
    const { deviceId, origin } = last;
    const frame = this.#frameOf(last, timestamp);
    if (!isPlain(deviceId)) {
      const text = `"device_id":${jsonString(deviceId)}${frame.middle.slice(1)}${timestamp}${frame.after}`;
      return { text, cut: undefined };
    }
    const text = `${frame.before}${deviceId}${frame.middle}${timestamp}${frame.after}`;
    return { text, cut: { frame, deviceId, timestamp, origin } };
  }

  #frameOf({ idType, kind, tz }: Entry, timestamp: number): HeadFrame {
    const hours = localHours(timestamp, tz);
    const last = this.#last;
    if (last?.hours === hours && last.kind === kind && last.frame.idType === idType && last.frame.tz === tz)
      return last.frame;
    const frame = this.#namedFrame(idType, kind, tz, hours);
    this.#last = { frame, kind, hours };
    return frame;
  }

  #namedFrame(idType: DeviceIdType, kind: EntryKind, tz: number, hours: number): HeadFrame {
    const untold = idType === 9;
    const dayless = untold && kind === 'request';
    const { hour, dow } = dayTime(hours);
    const name = `${idType} ${dayless} ${hour} ${dow} ${tz}`;
    let frame = this.#frames.get(name);
    if (frame === undefined) {
      const type = untold ? '' : `,"t":${idType}`;
      const version = this.#appVersion === undefined ? '' : `,"av":${jsonString(this.#appVersion)}`;
      const sdk = `,"sdk_name":"${SDK_NAME}","sdk_version":"${SDK_VERSION}"`;
      const day = dayless ? '' : `,"hour":${hour},"dow":${dow}`;
      // `tz` as text: a Countly server does not store the number 0 (docs/protocol.md §2.2).
      const middle = `"${type}${sdk}${version},"timestamp":`;
      frame = { before: BEFORE, middle, after: `${day},"tz":"${tz}"`, idType, tz };
      if (this.#frames.size >= MOST_FRAMES) this.#frames.clear();
      this.#frames.set(name, frame);
    }
    return frame;
  }
}
