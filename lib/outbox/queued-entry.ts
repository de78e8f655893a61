import type { Storage } from '../journal/storage.js';
import type { DeviceIdType, Entry, EntryFeature, EntryKind, EntryOrigin } from '../protocol/entry.js';
import type { EntryTraits } from './entry-traits.js';

/** V8 keeps a small whole number in the place of a reference; the time since 1970 would be an object of its own. */
const STARTED_AT = Date.now();

/**
 * An entry in the queue, as small as can be: a burst is many of them, and V8's garbage collector copies each one twice.
 * The storage keeps the same object until it is written. All but the text is read through accessors, so a copy made with
 * `{ ...entry }` has nothing of it: see `ForeignStorage`.
 */
export class QueuedEntry implements Entry {
  #id = 0;
  readonly #age: number;
  readonly #traits: EntryTraits;
  readonly origin: EntryOrigin;
  readonly opening: string;
  readonly rest: string;
  readonly time: string;

  private constructor(
    origin: EntryOrigin,
    traits: EntryTraits,
    timestamp: number,
    opening: string,
    rest: string,
    time: string,
  ) {
    this.#age = timestamp - STARTED_AT;
    this.#traits = traits;
    this.origin = origin;
    this.opening = opening;
    this.rest = rest;
    this.time = time;
  }

  get id(): number {
    return this.#id;
  }

  get deviceId(): string {
    return this.origin.deviceId;
  }

  get idType(): DeviceIdType {
    return this.#traits.idType;
  }

  get kind(): EntryKind {
    return this.#traits.kind;
  }

  get feature(): EntryFeature {
    return this.#traits.feature;
  }

  get timestamp(): number {
    return STARTED_AT + this.#age;
  }

  get tz(): number {
    return this.#traits.tz;
  }

  get weight(): number {
    return this.#traits.weight;
  }

  get body(): string {
    return this.opening + this.rest + this.time;
  }

  /**
   * Gives an entry to the storage.
   * @param origin - its device, as the queue has it
   * @param timestamp - milliseconds since the epoch
   * @param opening - the first part of the body; see `EntryDraft`
   */
  static accept(
    origin: EntryOrigin,
    traits: EntryTraits,
    timestamp: number,
    opening: string,
    rest: string,
    time: string,
    storage: Storage,
  ): QueuedEntry {
    const entry = new QueuedEntry(origin, traits, timestamp, opening, rest, time);
    entry.#id = storage.append(entry);
    return entry;
  }
}
