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
  first: T | undefined;
  size = 0;
  #last: T | undefined;

  /** Appends an item, and takes it out of the list it was in. One that is here already stays where it is. */
  add(item: T): void {
    if (item.list === this) return;
    item.list?.remove(item);
    item.list = this;
    item.previous = this.#last;
    if (this.#last === undefined) this.first = item;
    else this.#last.next = item;
    this.#last = item;
    this.size++;
  }

  moveToEnd(item: T): void {
    if (item === this.#last) return;
    this.remove(item);
    this.add(item);
  }

  remove(item: T): void {
    const { previous, next } = item;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    item.list = undefined;
    item.previous = undefined;
    item.next = undefined;
    this.size--;
  }

  /** Visits those that are here now; the visitor may take out the one it sees. */
  forEach(visit: (item: T) => void): void {
    const last = this.#last;
    for (let item = this.first; item !== undefined; ) {
      const { next } = item;
      visit(item);
      item = item === last ? undefined : next;
    }
  }
}
