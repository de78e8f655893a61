import { types } from 'node:util';
import { isReference } from '../../check.js';
import { type Followed, fail, rootOf, succeed } from './followed.js';
import { followObservable, isObservable } from './observables.js';
import type { Woven } from './woven.js';

/** How a result comes to its end. */
export type ResultKind = 'promise' | 'generator' | 'observable' | 'thenable' | 'settled';

/** Looks without touching: nothing is called, at most `then`, `lift`, `subscribe` and `next` are read. */
export function kindOf(result: unknown): ResultKind {
  if (!isReference(result)) return 'settled';
  try {
    if (types.isPromise(result)) return isDerivable(result) ? 'promise' : 'thenable';
    if (types.isGeneratorObject(result)) return 'generator';
    // A Proxy can answer any question with a function (RPC clients do); asking it anything would be touching it.
    if (types.isProxy(result)) return 'settled';
    if (isThenable(result)) return 'thenable';
    return isObservable(result) ? 'observable' : 'settled';
  } catch {
    return 'settled';
  }
}

/** Gives what the caller gets in place of `result`, and settles `run` when the work behind it has ended. */
export function follow(result: object, kind: ResultKind, run: Followed): unknown {
  if (kind === 'promise') {
    // One derived promise and no branch beside it: that would mark a rejection as handled, and a forgotten promise would
    // fail in silence.
    return (result as Promise<unknown>).then(
      (value) => succeed(run, value),
      (error: unknown) => fail(run, error),
    );
  }
  if (kind === 'generator') return followGenerator(result as Generator | AsyncGenerator, run);
  if (kind === 'observable') return followObservable(result, run);
  return kind === 'thenable' ? followThenable(result, run) : succeed(run, result);
}

/**
 * Whether nobody notices a derived promise in its place: of no subclass, whose `#fields` and methods it would not have,
 * nothing was put on it, and its `then` is the engine's own.
 */
function isDerivable(promise: Promise<unknown>): boolean {
  // Asks for enumerable names without making a list. Symbols do not count: Node keeps its async-hooks state in some.
  for (const _name in promise) return false;
  const root = rootOf(promise);
  return Object.getPrototypeOf(promise) === root && promise.then === root.then;
}

type Step = IteratorResult<unknown, unknown>;
type Resume = (this: unknown, ...input: unknown[]) => Step | Promise<Step>;

/** Covers the three methods of the caller's own object: another one would fail the engine's brand check. */
function followGenerator(generator: Generator | AsyncGenerator, run: Followed): unknown {
  if (!Object.isExtensible(generator) || !claimResult(generator, run.woven)) return succeed(run, generator);
  const observe = (step: Step): Step => {
    if (step.done === true) run.settle(false, step.value);
    return step;
  };
  let begun = false;
  for (const name of ['next', 'return', 'throw'] as const) {
    const original = generator[name] as Resume;
    const value = (...input: unknown[]): unknown => {
      if (!begun) run.begin();
      begun = true;
      try {
        const step = run.resume(() => Reflect.apply(original, generator, input));
        return types.isPromise(step) ? step.then(observe, (error: unknown) => fail(run, error)) : observe(step);
      } catch (error) {
        return fail(run, error);
      }
    };
    Object.defineProperty(value, 'name', { value: name });
    Object.defineProperty(generator, name, { value, writable: true, configurable: true });
  }
  return generator;
}

type Callback = ((value: unknown) => unknown) | null | undefined;
type Then = (this: unknown, onFulfilled?: Callback, onRejected?: Callback, ...rest: unknown[]) => unknown;

function isThenable(value: object): boolean {
  return typeof (value as { then?: unknown }).then === 'function';
}

/**
 * Such as a Knex builder, a Prisma query, a lazy promise: calling its `then` is what starts it, so it is never called here,
 * but covered by an own property of the same object until somebody else calls it.
 */
function followThenable(thenable: object, run: Followed): unknown {
  if (!canCover(thenable) || !claimResult(thenable, run.woven)) return succeed(run, thenable);
  const before = Object.getOwnPropertyDescriptor(thenable, 'then');
  const original = (thenable as { then: Then }).then;
  // With the engine's `then` it is a promise, of work that runs already.
  const isLazy = !types.isPromise(thenable) || original !== rootOf(thenable).then;
  const cover: Then = function (this: unknown, onFulfilled, onRejected, ...rest) {
    if (this !== thenable) return Reflect.apply(original, this, [onFulfilled, onRejected, ...rest]);
    // Somebody may have covered our cover; then it must stay.
    if ((thenable as { then?: unknown }).then === cover) {
      if (before === undefined) delete (thenable as { then?: unknown }).then;
      else Object.defineProperty(thenable, 'then', before);
    }
    followedBy.get(thenable)?.delete(run.woven);
    if (isLazy) run.begin();
    const fulfilled = (value: unknown): unknown => {
      run.settle(false, value);
      return typeof onFulfilled === 'function' ? onFulfilled(value) : value;
    };
    const rejected = (error: unknown): unknown => {
      if (typeof onRejected !== 'function') return fail(run, error);
      run.settle(true, error);
      return onRejected(error);
    };
    return run.resume(() => Reflect.apply(original, thenable, [fulfilled, rejected, ...rest]));
  };
  Object.defineProperties(cover, { name: { value: original.name }, length: { value: original.length } });
  Object.defineProperty(thenable, 'then', { value: cover, writable: true, configurable: true });
  return thenable;
}

function canCover(thenable: object): boolean {
  const own = Object.getOwnPropertyDescriptor(thenable, 'then');
  if (own === undefined ? !Object.isExtensible(thenable) : own.configurable === false) return false;
  // `await` takes a promise whose constructor is Promise as it is and would never call the cover.
  return !(thenable instanceof Promise && thenable.constructor === Promise);
}

const followedBy = new WeakMap<object, Set<Woven>>();

/** Whether to follow it: a method that gives the same object again must not cover it with one layer more each time. */
function claimResult(result: object, woven: Woven): boolean {
  const followers = followedBy.get(result) ?? new Set();
  if (followers.has(woven)) return false;
  followedBy.set(result, followers.add(woven));
  return true;
}
