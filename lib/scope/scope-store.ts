import { AsyncLocalStorage } from 'node:async_hooks';

const KEY = Symbol.for('countly-weave.scope-store');
type GlobalSlot = { [KEY]?: AsyncLocalStorage<unknown> };

// One store for the process, also when the package is installed twice: a scope entered through one copy must be the
// scope that a decorator of the other copy sees.
const slot = globalThis as GlobalSlot;
slot[KEY] ??= new AsyncLocalStorage<unknown>();
const storage = slot[KEY];

/**
 * Set on a scope that only stands for another one, such as one with defaults of its own for a single method: the other one
 * is entered in its place, because what is called from there has no part in those defaults.
 */
export const STANDS_FOR: unique symbol = Symbol.for('countly-weave.stands-for');

/**
 * The scope that belongs to the running chain of calls, promises, timers and streams. Generic on purpose: it carries a
 * value and knows no client. There is no `enterWith` here: a scope is entered for a function and left with it, so that
 * nothing of one request can ever be seen by another.
 */
export const scopeStore = {
  run<T>(scope: unknown, fn: () => T): T {
    const other = (scope as { readonly [STANDS_FOR]?: unknown } | undefined)?.[STANDS_FOR];
    return storage.run(other ?? scope, fn);
  },
  current(): unknown {
    return storage.getStore();
  },
  /** Runs `fn` outside every scope, for work that must not inherit the identity of whoever happened to start it. */
  exit<T>(fn: () => T): T {
    return storage.exit(fn);
  },
};
