/** What stands in a {@link LinkedList} keeps its place itself; the three are for the list to change. */
export interface Linked<T extends Linked<T>> {
  list: LinkedList<T> | undefined;
  previous: T | undefined;
  next: T | undefined;
}

/**
 * Items in the order they were added. An item is in one list at a time and knows its neighbours, so it leaves without
 * being looked for: with each request devices change lists several times, and hashing would cost more than all else then.
 */
export class LinkedList<T extends Linked<T>> {
  #first: T | undefined;
  #last: T | undefined;
  #size = 0;

  get first(): T | undefined {
    return this.#first;
  }

  get size(): number {
    return this.#size;
  }

  /** Appends an item that is in no list. */
  add(item: T): void {
    item.list = this;
    item.previous = this.#last;
    if (this.#last === undefined) this.#first = item;
    else this.#last.next = item;
    this.#last = item;
    this.#size++;
  }

  /** Takes out an item that is in this list. */
  remove(item: T): void {
    const { previous, next } = item;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    item.list = undefined;
    item.previous = undefined;
    item.next = undefined;
    this.#size--;
  }

  /** Visits those that are here now; the visitor may take out the one it sees. */
  forEach(visit: (item: T) => void): void {
    const last = this.#last;
    for (let item = this.#first; item !== undefined; ) {
      const { next } = item;
      visit(item);
      item = item === last ? undefined : next;
    }
  }
}
