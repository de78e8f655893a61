import { type Limits, truncate } from '../config/limits.js';
import { flatText, jsonString, ownCopy } from '../protocol/json-text.js';

// The server removes dots and leading dollars from segment names (docs/protocol.md §4.3); doing it here keeps what is sent and
// what is stored the same.
const DOTS = /\./g;
const LEADING_DOLLARS = /^\$+/;
// Names come from code and are few; the bound is for those that are made of data.
const MOST_NAMES = 500;

/** A name of a segment or user property, as the server keeps it. */
export function segmentName(key: string, limits: Limits): string {
  const name = key.includes('.') || key.startsWith('$') ? key.replace(DOTS, '').replace(LEADING_DOLLARS, '') : key;
  return truncate(name, limits.maxKeyLength);
}

/**
 * A segment's name with the punctuation around it: what stands between the value before and its own value. The fewer
 * pieces a text is put together from, the cheaper it is; this is most of what recording an event costs.
 */
export interface SegmentName {
  readonly key: string;
  /** The segment that came next last time. */
  follower: SegmentName | undefined;
  /** As the server keeps it; empty for a segment that cannot be kept. */
  readonly name: string;
  /** By what stands before – nothing, a value, a text whose closing quote is still missing – and what follows. */
  readonly first: string;
  readonly firstText: string;
  readonly next: string;
  readonly nextText: string;
  readonly afterText: string;
  readonly textAfterText: string;
  /** The last text of this segment that needed no escapes: most segments have few values. */
  plain: string;
  /** It was met more than once in a row. */
  again: boolean;
  /** That text behind `nextText` and `textAfterText`, once it was needed then. */
  nextPlain: string | undefined;
  plainAfterText: string | undefined;
}

/** Names seen so far under one set of limits. */
export class SegmentNames {
  readonly #limits: Limits;
  readonly #known = new Map<string, SegmentName>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** The name of a key that stands behind another one, which remembers it. */
  after(before: SegmentName | undefined, key: string): SegmentName {
    const name = this.#known.get(key) ?? this.#make(key);
    if (before !== undefined && key.length <= this.#limits.maxKeyLength) before.follower = name;
    return name;
  }

  #make(key: string): SegmentName {
    const name = ownCopy(segmentName(key, this.#limits));
    const quoted = jsonString(name);
    const made: SegmentName = {
      key: ownCopy(key),
      follower: undefined,
      name,
      first: flatText('{', quoted, ':'),
      firstText: flatText('{', quoted, ':"'),
      next: flatText(',', quoted, ':'),
      nextText: flatText(',', quoted, ':"'),
      afterText: flatText('",', quoted, ':'),
      textAfterText: flatText('",', quoted, ':"'),
      plain: '',
      again: false,
      nextPlain: undefined,
      plainAfterText: undefined,
    };
    if (key.length > this.#limits.maxKeyLength) return made;
    if (this.#known.size >= MOST_NAMES) this.#known.clear();
    this.#known.set(made.key, made);
    return made;
  }
}

const byLimits = new WeakMap<Limits, SegmentNames>();
let lastLimits: Limits | undefined;
let lastNames: SegmentNames | undefined;

/** The names seen under these limits, which are the same object as long as they stay the same. */
export function segmentNames(limits: Limits): SegmentNames {
  if (limits === lastLimits && lastNames !== undefined) return lastNames;
  let names = byLimits.get(limits);
  if (names === undefined) {
    names = new SegmentNames(limits);
    byLimits.set(limits, names);
  }
  lastLimits = limits;
  lastNames = names;
  return names;
}
