import type { Entry } from '../protocol/entry.js';
import type { RollUp } from '../protocol/roll-up.js';

/** An entry that waited, and the text in place of it. */
interface Merged {
  readonly entry: Entry;
  readonly body: string;
}

/** Entries of one device in the order of acceptance. Taking from the front stays cheap when it is long. */
export class EntryQueue {
  #items: Entry[] = [];
  #head = 0;
  /** Entries that equal ones may merge with, by what makes them equal. What has left is found out when it is looked for. */
  #mergeable: Map<string, Entry> | undefined;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** @param equal what an entry is equal by that may merge with it, if any may */
  push(entry: Entry, equal?: string): void {
    this.#items.push(entry);
    if (equal === undefined) return;
    this.#mergeable ??= new Map();
    const first = this.at(0) as Entry;
    // In the order of acceptance as well. Without this a queue that is never empty would keep all that ever passed through it.
    for (const [key, { id }] of this.#mergeable) {
      if (id >= first.id) break;
      this.#mergeable.delete(key);
    }
    this.#mergeable.set(equal, entry);
  }

  /** Takes an equal entry, with the text of both together; undefined when there is none, or something of them would be lost. */
  takeEqual({ key, merge }: RollUp): Merged | undefined {
    const entry = this.#mergeable?.get(key);
    if (entry === undefined) return undefined;
    this.#mergeable?.delete(key);
    const at = this.#items.indexOf(entry, this.#head);
    const body = at < 0 ? undefined : merge(entry.body);
    if (body === undefined) return undefined;
    this.#items.splice(at, 1);
    return { entry, body };
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
    if (items.length === 0) this.#mergeable = undefined;
    return before;
  }
}

function isInOrder(entries: readonly Entry[]): boolean {
  return entries.every(({ id }, i) => i === 0 || id > (entries[i - 1] as Entry).id);
}
