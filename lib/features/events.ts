import { isObject, numberFrom, optionsOf, shown, tellMisfit } from '../check.js';
import { truncate } from '../config/limits.js';
import type { ConsentFeature } from '../protocol/consent-feature.js';
import { EventTime } from '../protocol/event-time.js';
import { callerTimestamp } from '../protocol/timestamp.js';
import { type EventHead, EventHeads, eventHead } from './event-heads.js';
import { cleanKey, featureOfKey, internalFault } from './event-key.js';
import { mergeEvents } from './event-roll-up.js';
import type { FeaturePort, Target } from './feature.js';
import { openedText, type SegmentRules, segmentationText } from './segmentation-text.js';

/** Loosely typed on purpose: plain JavaScript callers pass anything, and nothing may throw. */
export interface EventInput {
  readonly count?: unknown;
  readonly sum?: unknown;
  readonly dur?: unknown;
  readonly segmentation?: unknown;
  readonly timestamp?: unknown;
  readonly rollUp?: unknown;
}

/** What the events of a client share. */
export interface EventSettings {
  readonly rollUp: boolean;
  /** Told after a recorded event whose key the server wants to see at once. */
  recorded(target: Target, key: string): void;
}

const HOUR = 3_600_000;
// A view's duration of ten digits is taken for a timestamp (docs/protocol.md §13 row 33).
const LONGEST_DURATION = 999_999_999;

/** Custom events (docs/protocol.md §4). */
export class Events {
  readonly #port: FeaturePort;
  readonly #settings: EventSettings;
  readonly #heads = new EventHeads();
  readonly #time = new EventTime();
  #rules: SegmentRules | undefined;

  constructor(port: FeaturePort, settings: EventSettings) {
    this.#port = port;
    this.#settings = settings;
  }

  add(target: Target, rawKey: unknown, given?: EventInput): void {
    const input = given === undefined || isObject(given) ? given : optionsOf(this.#port.reporter, 'addEvent', given);
    const known = this.#heads.of(rawKey, this.#port.limits);
    if (known !== undefined) return this.#add(target, known, 'events', input);
    const key = this.#key(rawKey);
    if (key === undefined) return this.#port.refuse('invalid');
    const segmentation = input?.segmentation;
    const feature = featureOfKey(key, segmentation);
    if (feature === 'events') {
      const head = eventHead(key);
      if (key === rawKey) this.#heads.remember(head);
      return this.#add(target, head, feature, input);
    }
    const fault = feature === undefined ? 'only the server may use this key' : internalFault(key, segmentation);
    if (feature === undefined || fault !== undefined) {
      this.#port.reporter.warn(`addEvent.${key}`, `addEvent: "${key}" is dropped: ${fault}.`);
      return this.#port.refuse('invalid');
    }
    this.addAs(target, key, feature, input);
  }

  /** An event whose key and consent are known to be right. */
  addAs(target: Target, key: string, feature: ConsentFeature, input?: EventInput): void {
    this.#add(target, eventHead(key), feature, input);
  }

  #add(target: Target, head: EventHead, feature: ConsentFeature, input: EventInput | undefined): void {
    const port = this.#port;
    const { key } = head;
    if (!port.admits(target, feature)) return;
    if (feature === 'events' && !port.filters.event(key)) return port.refuse('filtered');
    const now = port.stamp();
    const at = input?.timestamp === undefined ? now : this.#timestamp(input.timestamp, now);
    const tz = port.offsetOf(target, at);
    const time = this.#time.text(at, tz);
    // The time of the entry itself need not be kept and written as a text.
    const timeOfEntry = at === now ? time : '';
    const ownTime = at === now ? '' : time;
    const rollUp = input?.rollUp === undefined ? this.#settings.rollUp : this.#flag(input.rollUp);
    const once =
      input === undefined || (input.count === undefined && input.sum === undefined && input.dur === undefined);
    if (once && !rollUp) {
      const given = input?.segmentation;
      const rest = given === undefined ? undefined : openedText(head.opening, given, this.#rulesFor(key));
      const opening = rest === undefined ? head.once : head.opening.reached;
      port.recordParts(target, 'event', feature, now, tz, opening, (rest ?? '') + ownTime, timeOfEntry);
      this.#settings.recorded(target, key);
      return;
    }
    const segmentation =
      input?.segmentation === undefined ? undefined : segmentationText(input.segmentation, this.#rulesFor(key));
    const counted = this.#counted(input, segmentation);
    if (rollUp) {
      const body = head.counted + counted + time;
      // The server files by the hour of the app's time zone, the person's clock shows another one: both must be the same.
      const equal = `${Math.floor(at / HOUR)} ${this.#time.hours} ${key} ${segmentation ?? ''}`;
      port.record(target, 'event', feature, now, body, { key: equal, merge: (waiting) => mergeEvents(waiting, body) });
    } else {
      port.recordParts(target, 'event', feature, now, tz, head.counted, counted + ownTime, timeOfEntry);
    }
    this.#settings.recorded(target, key);
  }

  /** Everything from the count to the time. */
  #counted(input: EventInput | undefined, segmentation: string | undefined): string {
    let text = String(this.#count(input?.count));
    const sum = this.#number('sum', input?.sum, 5);
    if (sum !== undefined) text += `,"sum":${sum}`;
    const dur = this.#duration(input?.dur);
    if (dur !== undefined) text += `,"dur":${dur}`;
    return segmentation === undefined ? text : `${text},"segmentation":${segmentation}`;
  }

  /** One object for all events, as long as nothing is filtered and the limits stay. */
  #rulesFor(key: string): SegmentRules {
    const { limits, reporter, filters } = this.#port;
    const keep = filters.segments(key);
    if (keep !== undefined) return { limits, reporter, call: 'addEvent', keep };
    if (this.#rules?.limits !== limits) this.#rules = { limits, reporter, call: 'addEvent' };
    return this.#rules;
  }

  #key(key: unknown): string | undefined {
    const { reporter, limits } = this.#port;
    const clean = typeof key === 'string' ? cleanKey(key, limits.maxKeyLength) : '';
    if (typeof key !== 'string' || clean === '') {
      reporter.warn(
        'addEvent.key',
        `addEvent: key must be a text with something left of it without "$", ".." and "system.", got ${typeof key}; the event is dropped.`,
      );
      return undefined;
    }
    if (key.length > limits.maxKeyLength) {
      reporter.warn(
        'addEvent.length',
        `addEvent: long keys are cut to ${clean.length} characters ("${truncate(clean, 40)}…").`,
      );
    }
    return clean;
  }

  #flag(value: unknown): boolean {
    if (typeof value === 'boolean') return value;
    const expected = 'true or false';
    const outcome = "the client's setting holds";
    tellMisfit(this.#port.reporter, { call: 'addEvent', argument: 'rollUp', expected, value, outcome });
    return this.#settings.rollUp;
  }

  #count(count: unknown): number {
    if (count === undefined) return 1;
    const number = numberFrom(count);
    if (number !== undefined && number >= 1) return Math.trunc(number);
    this.#port.reporter.warn(
      'addEvent.count',
      `addEvent: count must be a whole number of 1 or more, got ${shown(count)}; 1 is used.`,
    );
    return 1;
  }

  #duration(dur: unknown): number | undefined {
    const seconds = this.#number('dur', dur, 6);
    if (seconds === undefined || (seconds >= 0 && seconds <= LONGEST_DURATION)) return seconds;
    this.#port.reporter.warn(
      'addEvent.dur',
      `addEvent: dur is in seconds, got ${seconds}, which is no duration; it is left out.`,
    );
    return undefined;
  }

  #number(name: string, value: unknown, decimals: number): number | undefined {
    if (value === undefined || value === null) return undefined;
    const number = numberFrom(value);
    if (number !== undefined) return rounded(number, decimals);
    this.#port.reporter.warn(
      `addEvent.${name}`,
      `addEvent: ${name} must be a finite number, got ${shown(value)}; it is left out.`,
    );
    return undefined;
  }

  #timestamp(value: unknown, now: number): number {
    const timestamp = callerTimestamp(value, now);
    if (timestamp !== undefined) return timestamp;
    this.#port.reporter.warn(
      'addEvent.timestamp',
      `addEvent: timestamp must be a Date, milliseconds (13 digits) or seconds (10 digits), got ${shown(value)}; now is used.`,
    );
    return now;
  }
}

/** Cut to so many decimals. Through text only where a product would leave the range of exact numbers. */
function rounded(value: number, decimals: number): number {
  if (Number.isInteger(value)) return value;
  const factor = 10 ** decimals;
  return Math.abs(value) < 1e9 ? Math.round(value * factor) / factor : Number(value.toFixed(decimals));
}
