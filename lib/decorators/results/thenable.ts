import type { Run } from '../weave/run.js';
import { claimObject, releaseObject } from './once.js';

type Callback = ((value: unknown) => unknown) | null | undefined;
type Then = (this: unknown, onFulfilled?: Callback, onRejected?: Callback, ...rest: unknown[]) => unknown;

export function isThenable(value: object): boolean {
  return typeof (value as { then?: unknown }).then === 'function';
}

/**
 * A thenable that is no plain native promise: a Knex builder, a Mongoose or Prisma query, a lazy promise. Calling its
 * `then` is what starts it, so it is never called here. The object stays the same one; its `then` is covered by an own,
 * non-enumerable property until the first time somebody else calls it.
 */
export function followThenable(thenable: object, run: Run): unknown {
  if (!canCover(thenable) || !claimObject(thenable, run.woven)) {
    run.settle(false, thenable);
    return thenable;
  }
  const before = Object.getOwnPropertyDescriptor(thenable, 'then');
  const original = (thenable as { then: Then }).then;
  const cover: Then = function (this: unknown, onFulfilled, onRejected, ...rest) {
    if (this !== thenable) return Reflect.apply(original, this, [onFulfilled, onRejected, ...rest]);
    uncover(thenable, cover, before);
    releaseObject(thenable, run.woven);
    run.begin();
    const fulfilled = (value: unknown): unknown => {
      run.settle(false, value);
      return typeof onFulfilled === 'function' ? onFulfilled(value) : value;
    };
    const rejected = (error: unknown): unknown => {
      run.settle(true, error);
      if (typeof onRejected === 'function') return onRejected(error);
      throw error;
    };
    return run.resume(() => Reflect.apply(original, thenable, [fulfilled, rejected, ...rest]));
  };
  Object.defineProperty(cover, 'name', { value: original.name, configurable: true });
  Object.defineProperty(cover, 'length', { value: original.length, configurable: true });
  Object.defineProperty(thenable, 'then', { value: cover, writable: true, configurable: true });
  return thenable;
}

function canCover(thenable: object): boolean {
  const own = Object.getOwnPropertyDescriptor(thenable, 'then');
  if (own === undefined ? !Object.isExtensible(thenable) : own.configurable === false) return false;
  // `await` takes a promise whose constructor is Promise as it is and would never call the cover.
  return !(thenable instanceof Promise && thenable.constructor === Promise);
}

function uncover(thenable: object, cover: Then, before: PropertyDescriptor | undefined): void {
  // Somebody may have covered our cover; then it must stay.
  if ((thenable as { then?: unknown }).then !== cover) return;
  if (before === undefined) delete (thenable as { then?: unknown }).then;
  else Object.defineProperty(thenable, 'then', before);
}
