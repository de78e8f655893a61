import type { Entry } from '../protocol/entry.js';

/** Entries of one device in the order of acceptance. Taking from the front stays cheap when it is long. */
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

  take(count: number): Entry[] {
    if (count >= this.length) return this.#replace([]);
    const taken = this.#items.slice(this.#head, this.#head + count);
    this.#head += taken.length;
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) this.#replace(this.#items.slice(this.#head));
    return taken;
  }

  /** Puts entries to their places, wherever those are. */
  insert(entries: readonly Entry[]): void {
    const waiting = this.#items.slice(this.#head, this.#head + 1);
    if (entries.length <= this.#head && isInOrder([...entries, ...waiting])) {
      // Back to the front, where what was taken has left room: with each request of a device that has much to send.
      for (const entry of entries.toReversed()) this.#items[--this.#head] = entry;
      return;
    }
    const all = [...entries, ...this.#items.slice(this.#head)];
    this.#replace(isInOrder(all) ? all : all.sort((a, b) => a.id - b.id));
  }

  remove(entry: Entry): boolean {
    const at = this.#items.indexOf(entry, this.#head);
    if (at < 0) return false;
    this.#items.splice(at, 1);
    return true;
  }

  /** Removes and returns the oldest entry with at least this id. */
  takeFrom(id: number): Entry | undefined {
    for (let i = this.#head; i < this.#items.length; i++) {
      if ((this.#items[i] as Entry).id >= id) return this.#items.splice(i, 1)[0];
    }
    return undefined;
  }

  /** Removes and returns the entries that do not pass. */
  reject(keep: (entry: Entry) => boolean): Entry[] {
    const waiting = this.#items.slice(this.#head);
    this.#replace(waiting.filter(keep));
    return this.length === waiting.length ? [] : waiting.filter((entry) => !keep(entry));
  }

  #replace(items: Entry[]): Entry[] {
    const before = this.#head === 0 ? this.#items : this.#items.slice(this.#head);
    this.#items = items;
    this.#head = 0;
    return before;
  }
}

function isInOrder(entries: readonly Entry[]): boolean {
  return entries.every(({ id }, i) => i === 0 || id > (entries[i - 1] as Entry).id);
}
