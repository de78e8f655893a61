import { stringOf } from '../protocol/json.js';
import type { SqlDatabase } from '../sql/sql.js';
import { RequestMemory } from './request-memory.js';

/** Beyond this many distinct values nothing new is remembered: the limit is already known to be passed. */
const REMEMBERED_VALUES = 1001;
/** Longer values are told apart by their beginning and length; a memory of whole documents would grow without end. */
const VALUE_CHARS = 200;
/** Of each other kind of thing no more than this many are remembered. */
const REMEMBERED = 20_000;
/** Values of all segments together. */
const REMEMBERED_IN_ALL = 500_000;

/** What a server knows across requests and devices, as far as its limits (docs/protocol.md §4.2) need it. */
export class ServerMemory {
  readonly #keys = new Set<string>();
  readonly #values = new Map<string, Set<string>>();
  readonly #notes = new Set<string>();
  readonly requests = new RequestMemory();
  #valueTotal = 0;

  constructor(database: SqlDatabase) {
    for (const { key } of database.prepare<{ key: string }>('SELECT DISTINCT key FROM events LIMIT 20000').all()) {
      this.#keys.add(key);
    }
  }

  knowsKey(key: string): boolean {
    return this.#keys.has(key);
  }

  get keyCount(): number {
    return this.#keys.size;
  }

  /** How many different values this segment has had, this one included. */
  valueCountWith(key: string, segment: string, value: unknown): number {
    const values = this.#values.get(slotOf(key, segment));
    if (values === undefined) return 1;
    return values.has(shortOf(value)) ? values.size : values.size + 1;
  }

  learn(key: string, segmentation: Readonly<Record<string, unknown>> | undefined): void {
    if (this.#keys.size < REMEMBERED) this.#keys.add(key);
    for (const segment in segmentation) {
      const slot = slotOf(key, segment);
      let values = this.#values.get(slot);
      if (values === undefined) {
        if (this.#values.size >= REMEMBERED) return;
        values = new Set();
        this.#values.set(slot, values);
      }
      if (values.size >= REMEMBERED_VALUES || this.#valueTotal >= REMEMBERED_IN_ALL) continue;
      const before = values.size;
      this.#valueTotal += values.add(shortOf(segmentation[segment])).size - before;
    }
  }

  /** True the first time it is asked: what depends on the server's edition is said once, not on every request. */
  firstNote(note: string): boolean {
    if (this.#notes.has(note) || this.#notes.size >= REMEMBERED) return false;
    this.#notes.add(note);
    return true;
  }

  forget(): void {
    this.#keys.clear();
    this.#values.clear();
    this.#notes.clear();
    this.requests.forget();
    this.#valueTotal = 0;
  }
}

function slotOf(key: string, segment: string): string {
  return `${key}\n${segment.slice(0, VALUE_CHARS)}`;
}

function shortOf(value: unknown): string {
  const text = stringOf(value);
  return text.length > VALUE_CHARS ? `${text.slice(0, VALUE_CHARS)}…${text.length}` : text;
}
