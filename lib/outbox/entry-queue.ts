import type { Entry } from '../protocol/entry.js';

/**
 * First-in-first-out list of entries that stays cheap when it is long: taking from the front moves an index, and the
 * array is cut only once half of it is used up.
 */
export class EntryQueue {
  #items: Entry[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(entry: Entry): void {
    this.#items.push(entry);
  }

  at(index: number): Entry | undefined {
    return this.#items[this.#head + index];
  }

  shift(): Entry | undefined {
    const entry = this.#items[this.#head];
    if (entry !== undefined) this.#advance(1);
    return entry;
  }

  /** Removes the first `count` entries and returns them. */
  take(count: number): Entry[] {
    const taken = this.#items.slice(this.#head, this.#head + count);
    this.#advance(taken.length);
    return taken;
  }

  /** Puts entries back in front, in their order. */
  unshift(entries: readonly Entry[]): void {
    this.#items = [...entries, ...this.#items.slice(this.#head)];
    this.#head = 0;
  }

  /** Removes and returns the entries that do not pass. */
  reject(keep: (entry: Entry) => boolean): Entry[] {
    const removed: Entry[] = [];
    const kept: Entry[] = [];
    for (let i = this.#head; i < this.#items.length; i++) {
      const entry = this.#items[i] as Entry;
      (keep(entry) ? kept : removed).push(entry);
    }
    this.#items = kept;
    this.#head = 0;
    return removed;
  }

  #advance(count: number): void {
    this.#head += count;
    if (this.#head === this.#items.length) {
      this.#items = [];
      this.#head = 0;
    } else if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
  }
}
