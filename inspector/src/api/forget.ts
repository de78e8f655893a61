import type { CollectorParts } from '../http/collector.js';

/** Forgets everything received; faults, settings and who the clients are stay. */
export function forgetAll({ store, memory, numbers, book, madeBy, plan, search, hub }: CollectorParts): void {
  store.reset();
  memory.forget();
  numbers.forget();
  book.forget();
  madeBy.forget();
  search.forget();
  plan?.forget();
  hub.announce('reset', {});
}
