import type { Entry } from '../protocol/entry.js';

/** Entries that wait to be written, by ascending id. What is settled before leaves no trace. */
export class WaitingEntries {
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
    return (this.#entries[this.#next] as Entry).id;
  }

  push(entry: Entry): void {
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
    let low = this.#next;
    let high = this.#entries.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const at = this.#liveFrom(middle, high);
      const found = this.#entries[at]?.id;
      if (found === undefined || found > id) high = middle - 1;
      else if (found < id) low = at + 1;
      else {
        this.#entries[at] = undefined;
        this.#size--;
        while (this.#size > 0 && this.#entries[this.#next] === undefined) this.#next++;
        this.#tidy();
        return true;
      }
    }
    return false;
  }

  clear(): void {
    this.#entries = [];
    this.#next = 0;
    this.#size = 0;
  }

  /** The first place from here on that is not empty; the place behind `to` when all are. */
  #liveFrom(from: number, to: number): number {
    let at = from;
    while (at <= to && this.#entries[at] === undefined) at++;
    return at;
  }

  /** Empty places go once they are more than half. */
  #tidy(): void {
    if (this.#size === 0) this.clear();
    else if (this.#entries.length > 1024 && this.#size * 2 < this.#entries.length) {
      this.#entries = this.#entries.filter((entry) => entry !== undefined);
      this.#next = 0;
    }
  }
}
