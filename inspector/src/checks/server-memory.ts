import type { SqlDatabase } from '../sql/sql.js';

/** Beyond this many distinct values nothing new is remembered: the limit is already known to be passed. */
const REMEMBERED_VALUES = 1001;

/** What a server knows across requests and devices, as far as its limits (docs/protocol.md §4.2) need it. */
export class ServerMemory {
  readonly #keys = new Set<string>();
  readonly #values = new Map<string, Set<string>>();
  readonly #notes = new Set<string>();

  constructor(database: SqlDatabase) {
    for (const { key } of database.prepare<{ key: string }>('SELECT DISTINCT key FROM events').all()) {
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
    const values = this.#values.get(`${key}\n${segment}`);
    if (values === undefined) return 1;
    return values.has(String(value)) ? values.size : values.size + 1;
  }

  /** True when this value of the segment was seen before. */
  knowsValue(key: string, segment: string, value: unknown): boolean {
    return this.#values.get(`${key}\n${segment}`)?.has(String(value)) ?? false;
  }

  learn(key: string, segmentation: Readonly<Record<string, unknown>> | undefined): void {
    this.#keys.add(key);
    for (const segment in segmentation) {
      const slot = `${key}\n${segment}`;
      let values = this.#values.get(slot);
      if (values === undefined) {
        values = new Set();
        this.#values.set(slot, values);
      }
      if (values.size < REMEMBERED_VALUES) values.add(String(segmentation[segment]));
    }
  }

  /** True the first time it is asked: what depends on the server's edition is said once, not on every request. */
  firstNote(note: string): boolean {
    if (this.#notes.has(note)) return false;
    this.#notes.add(note);
    return true;
  }

  forget(): void {
    this.#keys.clear();
    this.#values.clear();
    this.#notes.clear();
  }
}
