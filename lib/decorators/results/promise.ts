import type { Run } from '../weave/run.js';

/**
 * Whether a promise can be replaced by one derived from it without anyone noticing: nobody has put methods or fields on
 * it, and its `then` is the engine's own. (A class may start its work in `then`, as p-lazy does.)
 */
export function isDerivable(promise: Promise<unknown>): boolean {
  // Asks for enumerable names without making a list. Symbols do not count: Node keeps its async-hooks state in some.
  for (const _name in promise) return false;
  const prototype: unknown = Object.getPrototypeOf(promise);
  if (prototype === Promise.prototype) return true;
  return promise.then === rootPrototype(promise).then;
}

/** `Promise.prototype` of the realm that made the promise; a test runner's sandbox has its own. */
function rootPrototype(promise: Promise<unknown>): Promise<unknown> {
  let found: object = promise;
  for (;;) {
    const next = Object.getPrototypeOf(found) as object | null;
    if (next === null || Object.getPrototypeOf(next) === null) return found as Promise<unknown>;
    found = next;
  }
}

/**
 * Exactly one derived promise goes to the caller. A second branch beside the original would mark its rejection as
 * handled, and a forgotten promise would fail in silence.
 */
export function followPromise(promise: Promise<unknown>, run: Run): Promise<unknown> {
  return promise.then(
    (value) => {
      run.settle(false, value);
      return value;
    },
    (error: unknown) => {
      run.settle(true, error);
      throw error;
    },
  );
}
