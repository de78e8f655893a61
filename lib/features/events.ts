import { truncate } from '../config/limits.js';
import type { ConsentFeature } from '../protocol/consent-feature.js';
import { jsonString } from '../protocol/json-text.js';
import { callerTimestamp, localTime } from '../protocol/timestamp.js';
import type { FeaturePort, Target } from './feature.js';
import { segmentationText } from './segmentation-text.js';

/** Loosely typed on purpose: plain JavaScript callers pass anything, and nothing may throw. */
export interface EventInput {
  readonly count?: unknown;
  readonly sum?: unknown;
  readonly dur?: unknown;
  readonly segmentation?: unknown;
  readonly timestamp?: unknown;
}

/** Internal keys a client may send, and the consent each needs (contract §4.4). Others are made by the server. */
const INTERNAL_KEYS: Readonly<Record<string, ConsentFeature>> = {
  '[CLY]_view': 'views',
  '[CLY]_star_rating': 'star-rating',
  '[CLY]_nps': 'feedback',
  '[CLY]_survey': 'feedback',
  '[CLY]_push_action': 'push',
  '[CLY]_action': 'clicks',
  '[CLY]_orientation': 'users',
};

// The server cuts these out of keys (contract §4.1).
const HAS_FORBIDDEN = /system\.|\.\.|\$/;
const FORBIDDEN_IN_KEY = /system\.|\.\.|\$/g;
// A key of 128 characters is dropped by the server, one of 127 is kept (contract §4.1).
const LONGEST_KEY = 127;

/** Custom events (contract §4). */
export class Events {
  readonly #port: FeaturePort;

  constructor(port: FeaturePort) {
    this.#port = port;
  }

  add(target: Target, key: unknown, input?: EventInput): void {
    const port = this.#port;
    if (typeof key !== 'string' || key === '') {
      port.reporter.warn(
        'addEvent.key',
        `addEvent: key must be a non-empty text, got ${typeof key}; the event is dropped.`,
      );
      port.refuse('invalid');
      return;
    }
    const feature = key.startsWith('[CLY]_') ? INTERNAL_KEYS[key] : 'events';
    if (feature === undefined) {
      port.reporter.warn(
        `addEvent.${key}`,
        `addEvent: "${key}" is a key only the server may use; the event is dropped.`,
      );
      port.refuse('invalid');
      return;
    }
    if (!port.isAllowed(target, feature)) {
      port.refuse('consent');
      return;
    }
    const timestamp = port.stamp();
    port.record(target, 'event', feature, timestamp, this.#text(target, key, input, timestamp));
  }

  #text(target: Target, key: string, input: EventInput | undefined, timestamp: number): string {
    const port = this.#port;
    let text = `{"key":${jsonString(this.#key(key))},"count":${this.#count(input?.count)}`;
    let at = timestamp;
    if (input !== undefined) {
      const sum = this.#number('sum', input.sum, 5);
      if (sum !== undefined) text += `,"sum":${sum}`;
      const dur = this.#number('dur', input.dur, 6);
      if (dur !== undefined) text += `,"dur":${dur}`;
      const segmentation = segmentationText(input.segmentation, port.limits, port.reporter, 'addEvent');
      if (segmentation !== undefined) text += `,"segmentation":${segmentation}`;
      if (input.timestamp !== undefined) at = this.#timestamp(input.timestamp, timestamp);
    }
    const { hour, dow } = localTime(at, port.offsetOf(target, at));
    return `${text},"timestamp":${at},"hour":${hour},"dow":${dow}}`;
  }

  #key(key: string): string {
    const clean = HAS_FORBIDDEN.test(key) ? key.replace(FORBIDDEN_IN_KEY, '') : key;
    const max = Math.min(this.#port.limits.maxKeyLength, LONGEST_KEY);
    if (clean.length > max) {
      this.#port.reporter.warn(
        'addEvent.length',
        `addEvent: keys longer than ${max} characters are cut ("${truncate(clean, 40)}…").`,
      );
    }
    return truncate(clean, max) || 'unnamed';
  }

  #count(count: unknown): number {
    if (count === undefined) return 1;
    const number = Number(count);
    if (Number.isFinite(number) && number >= 1) return Math.trunc(number);
    this.#port.reporter.warn(
      'addEvent.count',
      `addEvent: count must be a whole number of 1 or more, got ${safeText(count)}; 1 is used.`,
    );
    return 1;
  }

  #number(name: string, value: unknown, decimals: number): number | undefined {
    if (value === undefined || value === null) return undefined;
    const number = typeof value === 'number' ? value : typeof value === 'symbol' ? Number.NaN : Number(value);
    if (Number.isFinite(number)) return Number.isInteger(number) ? number : Number(number.toFixed(decimals));
    this.#port.reporter.warn(
      `addEvent.${name}`,
      `addEvent: ${name} must be a finite number, got ${safeText(value)}; it is left out.`,
    );
    return undefined;
  }

  #timestamp(value: unknown, now: number): number {
    const timestamp = callerTimestamp(value, now);
    if (timestamp !== undefined) return timestamp;
    this.#port.reporter.warn(
      'addEvent.timestamp',
      `addEvent: timestamp must be a Date, milliseconds (13 digits) or seconds (10 digits), got ${safeText(value)}; now is used.`,
    );
    return now;
  }
}

/** The type, and the value only of primitives: a caller's object may hold personal data or throw when read. */
function safeText(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : `a value of type ${typeof value}`;
}
