import { truncate } from '../config/limits.js';
import type { Reporter } from '../logger.js';

/** As far below a server's limit as there is time to do something about it. */
const EARLY = 0.8;
/** Bits of each place; so many tell 5000 values apart well enough, in a kilobyte. */
const BITS = 8192;
const MOST_PLACES = 1000;

/** Which values one place has seen, as bits of their hashes. */
interface Place {
  readonly bits: Uint32Array;
  set: number;
  last: string;
}

const TOLD = Symbol();

/**
 * Counts distinct values, and tells once when a place comes near to what a server keeps (docs/protocol.md §4.2): what is new
 * beyond that is lost without a word. Exact to about two in a hundred. Its memory is bounded, whatever comes.
 */
export class Cardinality {
  readonly #places = new Map<string, Map<string, Place | typeof TOLD>>();
  #count = 0;

  /** @param budget - distinct values before a warning, at most; 0 looks at nothing */
  constructor(
    private readonly reporter: Reporter,
    private readonly budget: number,
  ) {}

  /** What notes the values of an event's segments; undefined when nobody looks. */
  segmentsOf(key: string, limit: number): ((name: string, value: string) => void) | undefined {
    if (this.budget === 0) return undefined;
    return (name, value) => this.#note(key, name, value, limit);
  }

  /** Notes a key of an event, of which there may be so many in an app. */
  key(key: string, limit: number): void {
    if (this.budget > 0) this.#note('', '', key, limit);
  }

  #note(key: string, name: string, value: string, limit: number): void {
    const place = this.#placeOf(key, name);
    if (place === undefined || place === TOLD || place.last === value) return;
    place.last = value;
    const bit = hashOf(value) % BITS;
    const mask = 1 << (bit & 31);
    const word = place.bits[bit >>> 5] ?? 0;
    if ((word & mask) !== 0) return;
    place.bits[bit >>> 5] = word | mask;
    place.set++;
    const budget = Math.min(this.budget, Math.floor(limit * EARLY));
    // Some values share a bit: so many bits are set by that many values.
    if (place.set <= Math.round(BITS * (1 - Math.exp(-budget / BITS)))) return;
    this.#places.get(key)?.set(name, TOLD);
    this.#tell(key, name, budget, limit);
  }

  #placeOf(key: string, name: string): Place | typeof TOLD | undefined {
    let places = this.#places.get(key);
    const known = places?.get(name);
    if (known !== undefined || this.#count >= MOST_PLACES) return known;
    if (places === undefined) {
      places = new Map();
      this.#places.set(key, places);
    }
    const place = { bits: new Uint32Array(BITS / 32), set: 0, last: '' };
    places.set(name, place);
    this.#count++;
    return place;
  }

  #tell(key: string, name: string, budget: number, limit: number): void {
    if (key === '') {
      const what = `more than ${budget} different keys of events; a server ignores new ones beyond ${limit} by default`;
      return this.reporter.warn('cardinality keys', `addEvent: ${what}. Put what varies into a segment.`);
    }
    const where = `segment "${truncate(name, 40)}" of "${truncate(key, 40)}"`;
    const what = `more than ${budget} different values; a server ignores new ones beyond ${limit} by default`;
    const remedy = 'Record a class of values, or leave it out';
    this.reporter.warn(
      `cardinality ${key}\n${name}`,
      `${where} has ${what}. ${remedy}; the option cardinalityBudget sets the number.`,
    );
  }
}

/** FNV-1a, mixed once more so that its low bits are as good as its high ones. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
