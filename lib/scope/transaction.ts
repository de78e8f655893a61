import { AsyncLocalStorage } from 'node:async_hooks';
import { described, isReference } from '../check.js';
import { assertOptions, oneOf } from '../config/schema.js';
import { shared } from '../shared.js';

/** Holds what is recorded until it is known whether it came true. Later calls do nothing. */
export interface Hold {
  /** What was held leaves; within another hold or transaction it waits for the end of that one. */
  commit(): void;
  /** What was held is dropped, and counted as `rolled_back`. */
  rollback(): void;
  /** Rolls back what was not committed: for `using`. */
  [Symbol.dispose](): void;
}

/** Something that waits for the end of a transaction. */
export interface Held {
  /** The transaction it waits for: an outer one, once the inner one went well. */
  transaction: Transaction;
  /** What it was recorded as: a transaction that holds `commit` alone has no part in anything else. */
  readonly part: HeldPart;
  /** It came true. Never throws. */
  leave(): void;
  drop(reason: 'rolled_back'): void;
}

/** What a transaction holds: everything that is recorded, or what is marked with `on: 'commit'` alone. */
export type HeldPart = 'all' | 'commit';

const state = shared('transactions.1', () => ({
  store: new AsyncLocalStorage<Transaction>(),
  /** Whether there ever was one. Without any, recording must not pay for looking. */
  used: false,
  /** What was held is on its way and not to be held again. */
  leaving: false,
}));

/** A piece of work that comes true or does not, with what was recorded in it. */
export class Transaction implements Hold {
  readonly depth: number;
  readonly #held = new Set<Held>();
  #state: 'open' | 'committed' | 'rolled back' = 'open';

  /**
   * @param parent the one around it, if any
   * @param keeps what it holds
   * @param surrounds code that it surrounds may go on after its end, and what that records is dropped after a rollback
   */
  constructor(
    readonly parent: Transaction | undefined,
    readonly keeps: HeldPart,
    readonly surrounds: boolean,
  ) {
    this.depth = (parent?.depth ?? 0) + 1;
    state.used = true;
  }

  /** Takes something that waits. After a rollback it is too late for that. */
  take(held: Held): void {
    held.transaction = this;
    if (this.#state === 'rolled back') held.drop('rolled_back');
    else this.#held.add(held);
  }

  forget(held: Held): void {
    this.#held.delete(held);
  }

  /** The transaction that decides now: this one, or one around it after its end. */
  get deciding(): Transaction | undefined {
    const isOver = this.#state === 'committed' || (this.#state === 'rolled back' && !this.surrounds);
    return isOver ? this.parent?.deciding : this;
  }

  /** The one that something of this part waits for. */
  holding(part: HeldPart): Transaction | undefined {
    const deciding = this.deciding;
    const has = part === 'commit' || deciding?.keeps !== 'commit';
    return has ? deciding : deciding?.parent?.holding(part);
  }

  commit(): void {
    if (this.#state !== 'open') return;
    this.#state = 'committed';
    const leaving = this.#takeAll().filter((held) => {
      const outer = this.parent?.holding(held.part);
      outer?.take(held);
      return outer === undefined;
    });
    letLeave(leaving);
  }

  rollback(): void {
    if (this.#state !== 'open') return;
    this.#state = 'rolled back';
    for (const held of this.#takeAll()) held.drop('rolled_back');
  }

  [Symbol.dispose](): void {
    this.rollback();
  }

  #takeAll(): readonly Held[] {
    const all = [...this.#held];
    this.#held.clear();
    return all;
  }
}

function letLeave(held: readonly Held[]): void {
  const before = state.leaving;
  state.leaving = true;
  for (const one of held) one.leave();
  state.leaving = before;
}

/** Where a hold of a scope is kept. */
export interface Holder {
  hold?: Transaction | undefined;
}

/** The innermost transaction that what is recorded now waits for: of the running code, or a hold of the scope. */
export function transactionOf(holder: Holder | undefined, part: HeldPart = 'commit'): Transaction | undefined {
  if (!state.used || state.leaving) return undefined;
  const running = state.store.getStore()?.holding(part);
  const own = holder?.hold?.holding(part);
  if (running === undefined || own === undefined) return running ?? own;
  return own.depth > running.depth ? own : running;
}

/** Begins a hold of a scope. */
export function holdOf(holder: Holder, keeps: HeldPart = 'all'): Transaction {
  const hold = new Transaction(transactionOf(holder), keeps, false);
  holder.hold = hold;
  return hold;
}

/** Runs `fn` in a transaction, which ends as `fn` does: a promise or a query when that settles. */
export function inTransaction<T>(fn: (hold: Hold) => T, holder: Holder | undefined, keeps: HeldPart = 'all'): T {
  if (typeof fn !== 'function') {
    throw new TypeError(`transaction: expected fn to be a function, got ${described(fn)}.`);
  }
  const transaction = new Transaction(transactionOf(holder), keeps, true);
  let result: T;
  try {
    result = state.store.run(transaction, fn, transaction);
  } catch (error) {
    transaction.rollback();
    throw error;
  }
  if (!isThenable(result)) {
    transaction.commit();
    return result;
  }
  const pending =
    result instanceof Promise
      ? result
      : // A query begins when it is asked, and shall do so inside.
        new Promise((resolve, reject) => state.store.run(transaction, () => result.then(resolve, reject)));
  return pending.then(
    (value: unknown) => {
      transaction.commit();
      return value;
    },
    (error: unknown) => {
      transaction.rollback();
      throw error;
    },
  ) as T;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isReference(value) && typeof (value as { then?: unknown }).then === 'function';
}

const RULES = { holds: oneOf('all', 'commit') };

/** The checked option `holds` of an adapter. */
export function heldPart(options: { readonly holds?: HeldPart }): HeldPart {
  assertOptions(options, RULES);
  return options.holds ?? 'all';
}
