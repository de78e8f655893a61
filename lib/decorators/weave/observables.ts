import { contextScope, scopeFor } from '../../scope/current.js';
import { type Followed, rootOf, succeed } from './followed.js';
import type { Woven } from './woven.js';

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
export function isObservable(value: object): boolean {
  const candidate = value as Partial<Record<'lift' | 'subscribe', unknown>>;
  return typeof candidate.lift === 'function' && typeof candidate.subscribe === 'function';
}

/**
 * Follows every subscription. `lift` lets rxjs make the subscriber, so that its rules about missing error handlers hold. A
 * Subject or a class of the user's own stays the very object it is, with its `#fields`, and gets a `subscribe` of its own.
 */
export function followObservable(source: object, run: Followed): unknown {
  // A method that was called within a scope records there; a stream made outside records for whoever subscribes.
  const scopeAtCall = contextScope() === undefined ? undefined : run.scope;
  const begin = () => run.again(scopeAtCall ?? scopeFor(run.instance) ?? run.scope);
  if (!isPlainObservable(source)) return coverSubscribe(source as Observable, run, begin);
  return lifted(source as Observable, begin, (upstream, subscriber) => upstream.subscribe(subscriber));
}

function lifted(
  source: Observable,
  begin: () => Followed,
  subscribe: (upstream: Observable, subscriber: Subscriber) => unknown,
): Observable {
  const operator = {
    call(subscriber: Subscriber, upstream: Observable): unknown {
      const one = begin();
      watch(subscriber, one);
      return one.resume(() => subscribe(upstream, subscriber));
    },
  };
  return Reflect.apply(rootOf(source).lift, source, [operator]) as Observable;
}

/** The newest call of a method that gave an Observable, and how many subscriptions still count for it. */
interface Subscribable {
  begin: () => Followed;
  left: number;
}
const subscribables = new WeakMap<object, Map<Woven, Subscribable>>();

/**
 * An own property of the same object, as any caller could put there: whatever somebody else reads, sets, defines or deletes
 * means what it says. What it calls is what was found there, so nothing can lead back to it.
 */
function coverSubscribe(source: Observable, run: Followed, begin: () => Followed): unknown {
  const calls = subscribables.get(source) ?? new Map<Woven, Subscribable>();
  const known = calls.get(run.woven);
  // A Subject lives on and others subscribe to it, too: a call counts for one subscription.
  const left = isSubject(source) ? (known?.left ?? 0) + 1 : Number.POSITIVE_INFINITY;
  if (known !== undefined && Object.hasOwn(source, 'subscribe')) {
    Object.assign(known, { begin, left });
    return source;
  }
  const before = Object.getOwnPropertyDescriptor(source, 'subscribe');
  const isFixed = before === undefined ? !Object.isExtensible(source) : before.configurable !== true;
  if (isFixed) return succeed(run, source);
  const current: Subscribable = { begin, left };
  subscribables.set(source, calls.set(run.woven, current));
  const original = source.subscribe;
  const cover = function (this: unknown, ...args: unknown[]): unknown {
    if (this !== source || current.left === 0) return Reflect.apply(original, this, args);
    current.left--;
    const followed = lifted(source, current.begin, (_, subscriber) => Reflect.apply(original, source, [subscriber]));
    return followed.subscribe(...args);
  };
  Object.defineProperties(cover, { name: { value: original.name }, length: { value: original.length } });
  Object.defineProperty(source, 'subscribe', { value: cover, writable: true, configurable: true });
  return source;
}

/** Fed from outside; one that `pipe` made of it has a source. */
function isSubject(source: object): boolean {
  const { next, source: from } = source as { readonly next?: unknown; readonly source?: unknown };
  return typeof next === 'function' && from === undefined;
}

const OBSERVABLE_FIELDS = new Set(['source', 'operator', '_subscribe', '_isScalar']);

/** Of no subclass, and nobody has put anything on it. */
function isPlainObservable(source: object): boolean {
  const prototype = Object.getPrototypeOf(source) as object;
  return (
    Object.hasOwn(prototype, 'lift') &&
    prototype === rootOf(source) &&
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
