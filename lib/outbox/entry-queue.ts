import type { Entry } from '../protocol/entry.js';

/** Most devices have no more entries than these at a time: a list of this size is used again. */
const FEW = 4;

/**
 * First-in-first-out list of entries that stays cheap when it is long: taking from the front moves an index, and the
 * array is cut only once half of it is used up. It is cheap when it is short as well: with many devices there are as many
 * lists, and a new one for every few entries would be work for the garbage collector.
 */
export class EntryQueue {
  /** The entries are those from `#head` up to `#end`; what stands behind is room for more. */
  #items: (Entry | undefined)[] = [];
  #head = 0;
  #end = 0;
  /** How many entries came before those that are still here: makes a position that stays. */
  #gone = 0;

  get length(): number {
    return this.#end - this.#head;
  }

  /** Returns the position, which stays as long as the entry does. */
  push(entry: Entry): number {
    const index = this.#end++;
    // `push` makes room for 17 at once.
    if (index === 0 && this.#items.length === 0) this.#items = [entry, undefined, undefined, undefined];
    else if (index < this.#items.length) this.#items[index] = entry;
    else this.#items.push(entry);
    return this.#gone + index;
  }

  /** Puts an entry in the place of another one, if that one is still there. */
  swap(position: number, old: Entry, fresh: Entry): boolean {
    const index = position - this.#gone;
    if (index < this.#head || index >= this.#end || this.#items[index] !== old) return false;
    this.#items[index] = fresh;
    return true;
  }

  at(index: number): Entry | undefined {
    return this.#items[this.#head + index];
  }

  shift(): Entry | undefined {
    const entry = this.at(0);
    if (entry !== undefined) this.#advance(1);
    return entry;
  }

  /** Removes the first `count` entries and returns them. */
  take(count: number): Entry[] {
    const { length } = this;
    if (length > FEW && this.#head === 0 && count >= length && length === this.#items.length) {
      const all = this.#items;
      this.#replace([], length);
      return all as Entry[];
    }
    const taken = this.#items.slice(this.#head, Math.min(this.#head + count, this.#end));
    this.#advance(taken.length);
    return taken as Entry[];
  }

  /** Puts entries back in front, in their order. */
  unshift(entries: readonly Entry[]): void {
    this.#replace([...entries, ...this.#waiting()], this.#head - entries.length);
  }

  /** Removes and returns the entries that do not pass. */
  reject(keep: (entry: Entry) => boolean): Entry[] {
    const removed: Entry[] = [];
    const kept: Entry[] = [];
    for (const entry of this.#waiting()) (keep(entry) ? kept : removed).push(entry);
    // Positions of what is behind a gap do not hold any more; `swap` finds out by itself.
    this.#replace(kept, this.#end - kept.length);
    return removed;
  }

  #waiting(): Entry[] {
    return this.#items.slice(this.#head, this.#end) as Entry[];
  }

  /** @param gone - how many more entries than before stood in front of the first one */
  #replace(items: Entry[], gone: number): void {
    this.#items = items;
    this.#head = 0;
    this.#end = items.length;
    this.#gone += gone;
  }

  #advance(count: number): void {
    const items = this.#items;
    this.#head += count;
    const empty = this.#head === this.#end;
    if (empty && items.length <= FEW) {
      // What was taken must not be kept in memory by an idle device.
      for (let i = 0; i < items.length; i++) items[i] = undefined;
      this.#gone += this.#end;
      this.#head = 0;
      this.#end = 0;
    } else if (empty || (this.#head > 1024 && this.#head * 2 > this.#end)) {
      this.#replace(this.#waiting(), this.#head);
    }
  }
}
