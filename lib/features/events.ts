import {
  AMOUNT,
  type ArgumentKind,
  argumentOf,
  counted,
  FLAG,
  member,
  numberOf,
  optionsOf,
  textFrom,
} from '../check.js';
import { truncate } from '../config/limits.js';
import type { ConsentFeature } from '../protocol/entry.js';
import { jsonString } from '../protocol/json-text.js';
import { mergeEvents, type RollUp } from '../protocol/roll-up.js';
import { eventTime, localHours, timestampBefore } from '../protocol/timestamp.js';
import type { Cardinality } from './cardinality.js';
import { type EventLinks, newEventId } from './event-links.js';
import { Feature, type FeaturePort, type Loose, type Target } from './feature.js';
import { Measurements } from './measurements.js';
import { segmentationText } from './segmentation-text.js';
import type { VisitorChange } from './visitor-state.js';

type EventInput = Loose<'count' | 'sum' | 'dur' | 'segmentation' | 'timestamp' | 'rollUp'>;

/** What the events of a client share. */
interface EventSettings {
  readonly links: EventLinks;
  readonly cardinality: Cardinality;
  /** Leave dots in keys, which the overview of events cannot show (docs/protocol.md §17.5). */
  readonly keepsDots: boolean;
  readonly rollUp: boolean;
  /** Told after a recorded event whose key the server wants to see at once. */
  recorded(target: Target, key: string): void;
}

const HOUR = 3_600_000;
/** Values of a segment, and keys of an app, that a server keeps by default (docs/protocol.md §4.2). */
const MOST_VALUES = 1000;
const MOST_KEYS = 500;
// A view's duration of ten digits is taken for a timestamp (docs/protocol.md §13 row 33).
const LONGEST_DURATION = 999_999_999;
/** Internal keys a client may send, and the consent each needs (docs/protocol.md §4.4). Others are made by the server. */
const INTERNAL_KEYS = new Map<string, ConsentFeature>([
  ['[CLY]_view', 'views'],
  ['[CLY]_star_rating', 'star-rating'],
  ['[CLY]_nps', 'feedback'],
  ['[CLY]_survey', 'feedback'],
  ['[CLY]_push_action', 'push'],
  ['[CLY]_action', 'clicks'],
  ['[CLY]_orientation', 'users'],
]);

// The server cuts these out of keys (docs/protocol.md §4.1), and its database breaks at NUL.
const FORBIDDEN_IN_KEY = /system\.|\.\.|[$\0]/g;
// A key of 128 characters is dropped by the server, one of 127 is kept (docs/protocol.md §4.1).
export const LONGEST_KEY = 127;
const PUSH_MESSAGE_ID = 24;
const COUNT: ArgumentKind<number> = {
  expected: 'a whole number of 1 or more',
  read: (value) => {
    const number = numberOf(value);
    return number !== undefined && number >= 1 && number <= Number.MAX_SAFE_INTEGER ? number : undefined;
  },
};

/** Custom events (docs/protocol.md §4). */
export class Events extends Feature<EventSettings> {
  add(target: Target, rawKey: unknown, given?: EventInput): void {
    const input = optionsOf(this.port.reporter, 'addEvent', given);
    const key = this.#key(rawKey);
    if (key === undefined) return;
    const segmentation = input?.segmentation;
    const feature = featureOfKey(key, segmentation);
    const fault = feature === undefined ? 'only the server may use this key' : internalFault(key, segmentation);
    if (feature === undefined || fault !== undefined) {
      this.warn(`addEvent.${fault}`, `"${key}" is dropped: ${fault}`);
      return this.port.refuse('invalid');
    }
    this.addAs(target, key, feature, input);
  }

  /** An event whose key and consent are known to be right. */
  addAs(target: Target, key: string, feature: ConsentFeature, input?: EventInput): void {
    const { port } = this;
    const { reporter } = port;
    if (!port.admits(target, feature)) return;
    if (feature === 'events' && !port.filters.event(key)) return port.refuse('filtered');
    if (feature === 'events') this.settings.cardinality.key(key, MOST_KEYS);
    const timestamp = port.stamp();
    const at = input?.timestamp === undefined ? timestamp : this.#timestamp(input.timestamp, timestamp);
    const segmentation = input?.segmentation === undefined ? undefined : this.#segments(key, input.segmentation);
    const sum = this.#number('addEvent.sum', input?.sum, 5);
    const dur = this.#duration(input?.dur);
    const count = Math.trunc(argumentOf(reporter, 'addEvent.count', input?.count, COUNT, '1 is used') ?? 1);
    const rolls = argumentOf(reporter, 'addEvent.rollUp', input?.rollUp, FLAG, "the client's setting holds");
    const rollsUp = rolls ?? this.settings.rollUp;
    let rest = `,"count":${count}`;
    if (sum !== undefined) rest += `,"sum":${sum}`;
    if (dur !== undefined) rest += `,"dur":${dur}`;
    if (segmentation !== undefined) rest += `,"segmentation":${segmentation}`;
    const tz = port.offsetOf(target, at);
    rest += eventTime(at, tz);
    const named = `{"key":${jsonString(key)}`;
    // The server files by the hour of the app's time zone, the person's clock shows another one: both must be the same.
    const equal = rollsUp ? `${Math.floor(at / HOUR)} ${localHours(at, tz)} ${key} ${segmentation ?? ''}` : undefined;
    const record = (whom: Target, links: string) => {
      const body = named + links + rest;
      const rollUp: RollUp | undefined =
        equal === undefined ? undefined : { key: equal, merge: (waiting) => mergeEvents(waiting, body) };
      port.record(whom, { kind: 'event', feature, timestamp, body, rollUp });
    };
    if (this.settings.links.sent) {
      const id = newEventId();
      // What may become part of another event is nobody's predecessor.
      const follows = feature === 'events' && !rollsUp;
      const change: VisitorChange = (visitor, whom) => record(whom, this.settings.links.of(visitor, id, follows));
      if (follows) port.visit(target, change, { needs: feature });
      else port.revisit(target, change, { needs: feature });
    } else record(target, '');
    this.settings.recorded(target, key);
  }

  #segments(key: string, segmentation: unknown): string | undefined {
    const { limits, reporter, filters } = this.port;
    const seen = this.settings.cardinality.segmentsOf(key, MOST_VALUES);
    return segmentationText(segmentation, { limits, reporter, call: 'addEvent', keep: filters.segments(key), seen });
  }

  #key(key: unknown): string | undefined {
    const { maxKeyLength } = this.port.limits;
    const clean =
      typeof key === 'string' ? truncate(this.#withoutDots(strippedKey(key)), Math.min(maxKeyLength, LONGEST_KEY)) : '';
    if (typeof key !== 'string' || clean === '') {
      const expected = 'a text with something left of it without "$", ".." and "system."';
      this.refuse('addEvent.key', `key must be ${expected}, got ${typeof key}`, 'the event is dropped');
      return undefined;
    }
    if (key.length > maxKeyLength) {
      this.warn(
        'addEvent.length',
        `long keys are cut to ${counted(clean.length, 'character')} ("${truncate(clean, 40)}…")`,
      );
    }
    return clean;
  }

  #withoutDots(key: string): string {
    if (this.settings.keepsDots || !key.includes('.')) return key;
    const problem = `a server's overview of events cannot show keys with dots, such as "${truncate(key, 40)}"`;
    this.warn('addEvent.dots', `${problem}; "_" takes their place`);
    return key.replaceAll('.', '_');
  }

  #duration(dur: unknown): number | undefined {
    const seconds = this.#number('addEvent.dur', dur, 6);
    if (seconds === undefined || (seconds >= 0 && seconds <= LONGEST_DURATION)) return seconds;
    this.warn('addEvent.dur', `dur is in seconds, got ${seconds}, which is no duration; it is left out`);
    return undefined;
  }

  // What all features share sees objects of many shapes, which costs each event: not `this.argument` here.
  #number(where: string, value: unknown, decimals: number): number | undefined {
    const number = argumentOf(this.port.reporter, where, value ?? undefined, AMOUNT);
    return number === undefined ? undefined : rounded(number, decimals);
  }

  #timestamp(value: unknown, now: number): number {
    return this.argument('addEvent.timestamp', value, timestampBefore(now), 'now is used') ?? now;
  }
}

/** Cut to so many decimals. Through text only where a product would leave the range of exact numbers. */
function rounded(value: number, decimals: number): number {
  if (Number.isInteger(value)) return value;
  const factor = 10 ** decimals;
  return Math.abs(value) < 1e9 ? Math.round(value * factor) / factor : Number(value.toFixed(decimals));
}

/** A key without what the server cuts out of it. Of a long one only the start: each round below may find one thing only. */
export function strippedKey(key: string): string {
  let stripped = key.slice(0, LONGEST_KEY * 8);
  // Cutting one out may put another one together.
  for (let before = ''; before !== stripped; ) {
    before = stripped;
    stripped = before.replace(FORBIDDEN_IN_KEY, '');
  }
  return stripped;
}

/** The consent an event of this key needs; undefined for keys only the server may use. */
export function featureOfKey(key: string, segmentation: unknown): ConsentFeature | undefined {
  if (!key.startsWith('[CLY]_')) return 'events';
  const feature = INTERNAL_KEYS.get(key);
  return feature === 'clicks' && member(segmentation, 'type') === 'scroll' ? 'scrolls' : feature;
}

/** Why a server would drop this internal event (docs/protocol.md §13 rows 31, 36, 37); undefined when it would not. */
export function internalFault(key: string, segmentation: unknown): string | undefined {
  switch (key) {
    case '[CLY]_view':
      return textFrom(member(segmentation, 'name')) === undefined ? 'segmentation.name is missing' : undefined;
    case '[CLY]_star_rating':
    case '[CLY]_nps':
    case '[CLY]_survey':
      return typeof segmentation === 'object' && segmentation !== null ? undefined : 'segmentation is missing';
    case '[CLY]_push_action': {
      const id = member(segmentation, 'i');
      return typeof id === 'string' && id.length === PUSH_MESSAGE_ID
        ? undefined
        : 'segmentation.i is not the 24 characters of a message id';
    }
    default:
      return undefined;
  }
}

/** Events that carry the time between their start and their end. */
export function timedEvents(port: FeaturePort, events: Events): Measurements<EventInput> {
  return new Measurements<EventInput>(port, 'Event', (target, key, ms, input) => {
    const { count, sum, segmentation, timestamp, rollUp } = optionsOf(port.reporter, 'endEvent', input) ?? {};
    events.add(target, key, { count, sum, segmentation, timestamp, rollUp, dur: ms / 1000 });
  });
}
