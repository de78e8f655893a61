import { counted } from '../check.js';
import 'reflect-metadata';
import type { Method } from '../decorators/weave/advice.js';

/** What the probes work with. */
export interface ProbeTools {
  /** Puts what is to be examined around a function. */
  readonly wrap: (original: (this: unknown, ...args: unknown[]) => unknown) => (...args: unknown[]) => unknown;
  readonly Observable:
    | (new (
        producer: (subscriber: { next(value: unknown): void; error(error: unknown): void }) => () => void,
      ) => { subscribe(observer: object): { unsubscribe(): void } })
    | undefined;
}

/** How a call ended: with what it returned, or with what it threw. */
export interface End {
  readonly threw: boolean;
  readonly value: unknown;
}

/** Fails the check that is running. */
export function expect(holds: boolean, complaint: string): asserts holds {
  if (!holds) throw new Error(complaint);
}

/** Calls a function and keeps how that ended. */
export function call(fn: Method, self: unknown, args: readonly unknown[]): End {
  try {
    return { threw: false, value: Reflect.apply(fn, self, args) };
  } catch (error) {
    return { threw: true, value: error };
  }
}

const show = (value: unknown): string => (typeof value === 'object' && value !== null ? 'an object' : String(value));
const THROWN: readonly unknown[] = [new Error('probe'), Object.freeze(new Error('frozen')), null, undefined, 'text', 0];
const RETURNED: readonly unknown[] = [undefined, null, 0, 'text', Symbol.iterator, 1n, {}, [], () => {}, new Map()];

/** Functions that return and throw everything a method can; a probe throws when its property is violated. */
export const PROBES: Readonly<Record<string, (tools: ProbeTools) => void | Promise<void>>> = {
  'name, length and source text'({ wrap }) {
    const original = function probe(_first: unknown, _second: unknown): void {};
    const wrapped = wrap(original);
    expect(wrapped.name === 'probe', `name is ${wrapped.name}`);
    expect(wrapped.length === 2, `length is ${wrapped.length}`);
    expect(!Object.keys(wrapped).includes('name'), 'name became enumerable');
    expect(String(wrapped) === String(original), 'the source text is another');
  },

  'this and arguments'({ wrap }) {
    const receiver = {};
    const args = [{}, 'two', undefined];
    let seen: { self: unknown; args: unknown[] } | undefined;
    const wrapped = wrap(function (this: unknown, ...given) {
      seen = { self: this, args: given };
    });
    Reflect.apply(wrapped, receiver, args);
    expect(seen?.self === receiver, '`this` is another object');
    expect(seen?.args.length === 3 && seen.args.every((arg, i) => arg === args[i]), 'the arguments are others');
  },

  'returned values'({ wrap }) {
    for (const value of RETURNED) {
      const got = wrap(() => value)();
      expect(Object.is(got, value), `${show(value)} came back as ${show(got)}`);
    }
  },

  'thrown values'({ wrap }) {
    for (const value of THROWN) {
      const throwing = wrap(() => {
        throw value;
      });
      const end = call(throwing, undefined, []);
      expect(end.threw, `throwing ${show(value)} was swallowed`);
      expect(Object.is(end.value, value), `${show(value)} was thrown as ${show(end.value)}`);
    }
  },

  async promises({ wrap }) {
    const value = {};
    const promise = wrap(async () => value)();
    expect(promise instanceof Promise, 'an async method gives no promise');
    expect((await promise) === value, 'it fulfils with another value');
    for (const reason of THROWN) {
      const [end] = await Promise.allSettled([wrap(() => Promise.reject(reason))()]);
      expect(end.status === 'rejected', `rejecting with ${show(reason)} was swallowed`);
      expect(Object.is(end.reason, reason), `it rejects with ${show(end.reason)} instead of ${show(reason)}`);
    }
  },

  async 'unhandled rejections'({ wrap }) {
    const forgotten = new Error('forgotten');
    const handled = new Error('handled');
    const seen = await collectUnhandled(() => {
      wrap(() => Promise.reject(forgotten))();
      (wrap(() => Promise.reject(handled))() as Promise<unknown>).catch(() => {});
    });
    expect(!seen.includes(handled), 'a handled rejection is reported as unhandled');
    expect(seen.includes(forgotten), 'a forgotten rejection is no longer reported');
    expect(seen.length === 1, `a forgotten rejection is reported ${counted(seen.length, 'time')}`);
  },

  async 'lazy queries'({ wrap }) {
    class Query {
      started = 0;
      where(): this {
        return this;
      }
      // biome-ignore lint/suspicious/noThenProperty: a lazy query is a thenable
      then(resolve: (rows: string[]) => unknown): unknown {
        this.started++;
        return Promise.resolve(['row']).then(resolve);
      }
    }
    const query = new Query();
    const got = wrap(() => query)() as Query;
    await macrotask();
    expect(query.started < 1, 'a query was started that nobody awaited');
    expect(got instanceof Query && typeof got.where === 'function', 'a query lost its methods');
    expect(Object.keys(got).length === 1, 'a query got another enumerable property');
    const rows = (await (got.where() as unknown as PromiseLike<string[]>)) as string[];
    expect(rows[0] === 'row' && query.started === 1, `awaiting a query ran it ${counted(query.started, 'time')}`);
  },

  generators({ wrap }) {
    let entered = 0;
    let left = 0;
    const wrapped = wrap(function* (): Generator<number, string, string> {
      entered++;
      try {
        return yield 1;
      } finally {
        left++;
      }
    });
    const make = () => wrapped() as Generator<number, string, string>;
    const [first, second, third] = [make(), make(), make()];
    expect(entered === 0, 'the body ran before the first next()');
    expect(first[Symbol.iterator]() === first, 'it is no iterator of itself');
    expect(first.next('').value === 1, 'another value was yielded');
    expect(first.next('sent').value === 'sent', 'what next() was given did not arrive');
    second.next('');
    expect(second.return('early').value === 'early' && left === 2, 'return() did not reach the body');
    third.next('');
    const thrown = call(() => third.throw(null), undefined, []);
    expect(thrown.threw, 'throw() did not reach the body');
    expect(thrown.value === null, 'throw() gave another value');
  },

  async 'async generators'({ wrap }) {
    let entered = 0;
    let left = 0;
    const wrapped = wrap(async function* (): AsyncGenerator<number> {
      entered++;
      try {
        yield 1;
        yield 2;
      } finally {
        left++;
      }
    });
    const stream = wrapped() as AsyncGenerator<number>;
    expect(entered === 0, 'the body ran before the first next()');
    for await (const value of stream) if (value === 1) break;
    expect(left === 1, 'leaving the loop did not reach the body');
    const values: number[] = [];
    for await (const value of wrapped() as AsyncGenerator<number>) values.push(value);
    expect(values.join() === '1,2', `it yielded ${values.join()}`);
  },

  observables({ wrap, Observable }) {
    if (Observable === undefined) return;
    let subscriptions = 0;
    let torndown = 0;
    const observable = new Observable((subscriber) => {
      subscriber.next(++subscriptions);
      return () => void torndown++;
    });
    const stream = wrap(() => observable)() as typeof observable;
    expect(subscriptions === 0, 'it was subscribed to by somebody else');
    expect(stream instanceof Observable, 'it is no Observable any more');
    const seen: unknown[] = [];
    for (let n = 0; n < 2; n++) stream.subscribe({ next: (value: unknown) => seen.push(value) }).unsubscribe();
    expect(seen.join() === '1,2', `two subscriptions saw ${seen.join()}`);
    expect(torndown === 2, 'unsubscribing did not reach the producer');
  },

  metadata({ wrap }) {
    const original = (): void => {};
    Reflect.defineMetadata('probe:before', 1, original);
    const wrapped = wrap(original);
    Reflect.defineMetadata('probe:below', 2, original);
    Reflect.defineMetadata('probe:above', 3, wrapped);
    const reads = (key: string, fn: object, value: number) => Reflect.getMetadata(key, fn) === value;
    expect(reads('probe:before', wrapped, 1), 'what was written before is not visible');
    expect(reads('probe:below', wrapped, 2), 'what is written on the original is not visible');
    expect(reads('probe:above', original, 3), 'the original does not see what is written above');
  },
};

/** A turn of the event loop: everything that was due has run. */
export const macrotask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs `work` with the process's own listeners aside, and gives the reasons of rejections that nobody handled. */
export async function collectUnhandled(work: () => void | Promise<void>): Promise<unknown[]> {
  const event = 'unhandledRejection';
  const others = process.listeners(event);
  const seen: unknown[] = [];
  process.removeAllListeners(event);
  const listen = (reason: unknown): void => void seen.push(reason);
  process.on(event, listen);
  try {
    await work();
    // Node tells of them after the microtasks of the turn in which they were left alone.
    for (let turn = 0; turn < 3; turn++) await macrotask();
  } finally {
    process.removeListener(event, listen);
    for (const other of others) process.on(event, other);
  }
  return seen;
}
