import { types } from 'node:util';
import { contextScope, scopeFor } from '../../scope/current.js';
import type { ScopeApi } from '../../scope/scope-api.js';
import { isReference } from '../error-trail.js';
import type { Woven } from './woven.js';

/** A call whose work may go on after the method returned. */
export interface Followed {
  readonly woven: Woven;
  readonly instance: unknown;
  readonly scope: ScopeApi | undefined;
  /** Restarts the clock: lazy work begins when somebody asks for it, not when the method returned. */
  begin(): void;
  /** The same call once more, for another subscription. */
  again(scope: ScopeApi | undefined): Followed;
  /** Runs a part of the lazy work inside the context of the call. */
  resume<T>(work: () => T): T;
  settle(failed: boolean, value: unknown): void;
}

/** How a result comes to its end. */
export type ResultKind = 'promise' | 'generator' | 'observable' | 'thenable' | 'settled';

/** Looks without touching: nothing is called, at most `then`, `lift` and `subscribe` are read. */
export function kindOf(result: unknown): ResultKind {
  if (!isReference(result)) return 'settled';
  try {
    if (types.isPromise(result)) return isDerivable(result) ? 'promise' : 'thenable';
    if (types.isGeneratorObject(result)) return 'generator';
    // A Proxy can answer any question with a function (RPC clients do); asking it more would be touching it.
    if (types.isProxy(result)) return isObservable(result) && !isThenable(result) ? 'observable' : 'settled';
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

/** Whether nobody notices a derived promise in its place: nothing was put on it, and its `then` is the engine's own. */
function isDerivable(promise: Promise<unknown>): boolean {
  // Asks for enumerable names without making a list. Symbols do not count: Node keeps its async-hooks state in some.
  for (const _name in promise) return false;
  // `Promise.prototype` of the realm that made the promise; a test runner's sandbox has its own.
  let root = promise;
  for (;;) {
    const next = Object.getPrototypeOf(root) as Promise<unknown> | null;
    if (next === null || Object.getPrototypeOf(next) === null) return promise.then === root.then;
    root = next;
  }
}

function succeed<T>(run: Followed, value: T): T {
  run.settle(false, value);
  return value;
}

function fail(run: Followed, error: unknown): never {
  run.settle(true, error);
  throw error;
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
        return step instanceof Promise ? step.then(observe, (error: unknown) => fail(run, error)) : observe(step);
      } catch (error) {
        return fail(run, error);
      }
    };
    Object.defineProperty(value, 'name', { value: name });
    Object.defineProperty(generator, name, { value, writable: true, configurable: true });
  }
  return generator;
}

/** The parts of rxjs that are used, described by shape: this library does not import rxjs. */
interface Subscriber {
  next(value: unknown): void;
  error(error: unknown): void;
  complete(): void;
  add(teardown: () => void): void;
}
interface Observable {
  subscribe(...args: unknown[]): unknown;
  lift(operator: { call(subscriber: Subscriber, source: Observable): unknown }): Observable;
}

/** The test that rxjs' own `isObservable` makes. */
function isObservable(value: object): boolean {
  const candidate = value as Partial<Record<'lift' | 'subscribe', unknown>>;
  return typeof candidate.lift === 'function' && typeof candidate.subscribe === 'function';
}

/**
 * Follows every subscription. `lift` lets rxjs make the subscriber, so that its rules about missing error handlers hold. A
 * Subject or a class of the user's own stays what it is behind a Proxy that covers `subscribe`, read and replaced.
 */
function followObservable(source: object, run: Followed): unknown {
  // A method that was called within a scope records there; a stream made outside records for whoever subscribes.
  const scopeAtCall = contextScope() === undefined ? undefined : run.scope;
  const operator = {
    call(subscriber: Subscriber, upstream: Observable): unknown {
      const one = run.again(scopeAtCall ?? scopeFor(run.instance) ?? run.scope);
      watch(subscriber, one);
      return one.resume(() => upstream.subscribe(subscriber));
    },
  };
  if (isPlainObservable(source)) return (source as Observable).lift(operator);
  let followed: Observable | undefined;
  function subscribe(this: unknown, ...args: unknown[]): unknown {
    followed ??= (source as Observable).lift(operator);
    return followed.subscribe(...args);
  }
  let current: unknown = subscribe;
  return new Proxy(source, {
    get: (target, key, receiver): unknown => (key === 'subscribe' ? current : Reflect.get(target, key, receiver)),
    defineProperty(target, key, descriptor) {
      if (key !== 'subscribe') return Reflect.defineProperty(target, key, descriptor);
      current = descriptor.get === undefined ? descriptor.value : descriptor.get.call(target);
      return true;
    },
    deleteProperty(target, key) {
      if (key === 'subscribe') current = subscribe;
      return key === 'subscribe' || Reflect.deleteProperty(target, key);
    },
  });
}

const OBSERVABLE_FIELDS = new Set(['source', 'operator', '_subscribe', '_isScalar']);

/** Of no subclass, and nobody has put anything on it. */
function isPlainObservable(source: object): boolean {
  const prototype = Object.getPrototypeOf(source) as object;
  return (
    Object.hasOwn(prototype, 'lift') &&
    Object.getPrototypeOf(prototype) === Object.prototype &&
    Reflect.ownKeys(source).every((key) => OBSERVABLE_FIELDS.has(key as string))
  );
}

/** On the subscriber itself: so an unsubscribe in a synchronous stream reaches the producer before the next value. */
function watch(subscriber: Subscriber, run: Followed): void {
  const { next, error, complete } = subscriber;
  let last: unknown;
  subscriber.next = function (this: unknown, value) {
    last = value;
    Reflect.apply(next, this, [value]);
  };
  subscriber.error = function (this: unknown, failure) {
    run.settle(true, failure);
    Reflect.apply(error, this, [failure]);
  };
  subscriber.complete = function (this: unknown) {
    run.settle(false, last);
    Reflect.apply(complete, this, []);
  };
  subscriber.add(() => run.settle(false, last));
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
  const cover: Then = function (this: unknown, onFulfilled, onRejected, ...rest) {
    if (this !== thenable) return Reflect.apply(original, this, [onFulfilled, onRejected, ...rest]);
    // Somebody may have covered our cover; then it must stay.
    if ((thenable as { then?: unknown }).then === cover) {
      if (before === undefined) delete (thenable as { then?: unknown }).then;
      else Object.defineProperty(thenable, 'then', before);
    }
    followedBy.get(thenable)?.delete(run.woven);
    run.begin();
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
