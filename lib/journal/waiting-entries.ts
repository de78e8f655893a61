import type { Entry } from '../protocol/entry.js';

/** Entries that wait to be written, by ascending id. What is settled before leaves no trace. */
export class WaitingEntries {
  #ids: number[] = [];
  /** Undefined for what was dropped. */
  #entries: (Entry | undefined)[] = [];
  #next = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** No id that waits is smaller; infinite when nothing waits. */
  get firstId(): number {
    if (this.#size === 0) return Number.POSITIVE_INFINITY;
    while (this.#entries[this.#next] === undefined) this.#next++;
    return this.#ids[this.#next] as number;
  }

  push(entry: Entry): void {
    this.#ids.push(entry.id);
    this.#entries.push(entry);
    this.#size++;
  }

  /** Takes entries in order, up to and with the first for which `on` returns false. */
  take(on: (entry: Entry) => boolean): void {
    for (let more = true; more && this.#size > 0; ) {
      const entry = this.#entries[this.#next];
      this.#entries[this.#next++] = undefined;
      if (entry === undefined) continue;
      this.#size--;
      more = on(entry);
    }
    this.#tidy();
  }

  /** Forgets an entry that needs not be written any more; false when it does not wait here. */
  drop(id: number): boolean {
    const at = positionOf(this.#ids, id, this.#next);
    if (at < 0 || this.#entries[at] === undefined) return false;
    this.#entries[at] = undefined;
    this.#size--;
    this.#tidy();
    return true;
  }

  clear(): void {
    this.#ids = [];
    this.#entries = [];
    this.#next = 0;
    this.#size = 0;
  }

  /** Empty places go once they are more than half. */
  #tidy(): void {
    if (this.#size === 0) this.clear();
    else if (this.#entries.length > 1024 && this.#size * 2 < this.#entries.length) {
      const left = this.#entries.filter((entry) => entry !== undefined);
      this.#ids = left.map(({ id }) => id);
      this.#entries = left;
      this.#next = 0;
    }
  }
}

/** Where an id stands among ascending ones; -1 when it does not. */
export function positionOf(ids: readonly number[], id: number, from = 0): number {
  let low = from;
  let high = ids.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = ids[middle] as number;
    if (found === id) return middle;
    if (found < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
