import { contextScope, scopeFor } from '../../scope/current.js';
import type { Run } from '../weave/run.js';

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
 * Follows every subscription on its own. A Proxy keeps what the object is (a BehaviorSubject still has its value) and
 * covers `subscribe` alone; `lift` lets rxjs make the subscriber, so that its rules about missing error handlers hold.
 */
export function followObservable(source: object, run: Run): unknown {
  // A method that was called within a scope records there; a stream made outside records for whoever subscribes.
  const scopeAtCall = contextScope() === undefined ? undefined : run.scope;
  const operator = {
    call(subscriber: Subscriber, upstream: Observable): unknown {
      const one = run.again(scopeAtCall ?? scopeFor(run.instance) ?? run.scope);
      watch(subscriber, one);
      return one.resume(() => upstream.subscribe(subscriber));
    },
  };
  let followed: Observable | undefined;
  function subscribe(this: unknown, ...args: unknown[]): unknown {
    followed ??= (source as Observable).lift(operator);
    return followed.subscribe(...args);
  }
  return new Proxy(source, {
    get(target, key, receiver): unknown {
      return key === 'subscribe' ? subscribe : Reflect.get(target, key, receiver);
    },
  });
}

/**
 * Covers the three methods of the one subscriber rather than standing between it and the source: only so does an
 * unsubscribe in the middle of a synchronous stream reach the producer before the next value.
 */
function watch(subscriber: Subscriber, run: Run): void {
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
