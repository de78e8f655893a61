import type { Entry } from '../protocol/entry.js';

/** Most devices have no more entries than these at a time, and `push` makes room for 17 at once. */
const FEW = 4;

/**
 * First-in-first-out list of entries that stays cheap when it is long: taking from the front moves an index, and the
 * array is cut only once half of it is used up.
 */
export class EntryQueue {
  #items: Entry[] = [];
  #head = 0;
  /** How many entries came before those that are still here: makes a position that stays. */
  #gone = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** Returns the position, which stays as long as the entry does. */
  push(entry: Entry): number {
    const items = this.#items;
    const { length } = items;
    if (length < FEW) {
      if (length === 0) this.#items = [entry];
      else if (length === 1) this.#items = [items[0] as Entry, entry];
      else if (length === 2) this.#items = [items[0] as Entry, items[1] as Entry, entry];
      else this.#items = [items[0] as Entry, items[1] as Entry, items[2] as Entry, entry];
      return this.#gone + length;
    }
    return this.#gone + this.#items.push(entry) - 1;
  }

  /** Puts an entry in the place of another one, if that one is still there. */
  swap(position: number, old: Entry, fresh: Entry): boolean {
    const index = position - this.#gone;
    if (index < this.#head || this.#items[index] !== old) return false;
    this.#items[index] = fresh;
    return true;
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
    if (this.#head === 0 && count >= this.#items.length) {
      const all = this.#items;
      this.#gone += all.length;
      this.#items = [];
      return all;
    }
    const taken = this.#items.slice(this.#head, this.#head + count);
    this.#advance(taken.length);
    return taken;
  }

  /** Puts entries back in front, in their order. */
  unshift(entries: readonly Entry[]): void {
    this.#items = [...entries, ...this.#items.slice(this.#head)];
    this.#gone += this.#head - entries.length;
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
    // Positions of what is behind a gap do not hold any more; `swap` finds out by itself.
    this.#gone += this.#items.length - kept.length;
    this.#items = kept;
    this.#head = 0;
    return removed;
  }

  #advance(count: number): void {
    this.#head += count;
    if (this.#head === this.#items.length || (this.#head > 1024 && this.#head * 2 > this.#items.length)) {
      this.#items = this.#items.slice(this.#head);
      this.#gone += this.#head;
      this.#head = 0;
    }
  }
}
