import 'reflect-metadata';

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

/** Undefined when the property holds, else what was found. */
export type Probe = (tools: ProbeTools) => string | undefined | Promise<string | undefined>;

const THROWN: readonly unknown[] = [new Error('probe'), Object.freeze(new Error('frozen')), null, undefined, 'text', 0];
const RETURNED: readonly unknown[] = [undefined, null, 0, 'text', Symbol.iterator, 1n, {}, [], () => {}, new Map()];

const expect = (holds: boolean, complaint: string): string | undefined => (holds ? undefined : complaint);
const show = (value: unknown): string => (typeof value === 'object' && value !== null ? 'an object' : String(value));

export const PROBES: Readonly<Record<string, Probe>> = {
  'name, length and source text'({ wrap }) {
    const original = function probe(_first: unknown, _second: unknown): void {};
    const wrapped = wrap(original);
    return (
      expect(wrapped.name === 'probe', `name is ${wrapped.name}`) ??
      expect(wrapped.length === 2, `length is ${wrapped.length}`) ??
      expect(!Object.keys(wrapped).includes('name'), 'name became enumerable') ??
      expect(String(wrapped) === String(original), 'the source text is another')
    );
  },

  'this and arguments'({ wrap }) {
    const receiver = {};
    const args = [{}, 'two', undefined];
    let seen: { self: unknown; args: unknown[] } | undefined;
    const wrapped = wrap(function (this: unknown, ...given) {
      seen = { self: this, args: given };
    });
    Reflect.apply(wrapped, receiver, args);
    return (
      expect(seen?.self === receiver, '`this` is another object') ??
      expect(seen?.args.length === 3 && seen.args.every((arg, i) => arg === args[i]), 'the arguments are others')
    );
  },

  'returned values'({ wrap }) {
    for (const value of RETURNED) {
      const got = wrap(() => value)();
      if (!Object.is(got, value)) return `${show(value)} came back as ${show(got)}`;
    }
    return undefined;
  },

  'thrown values'({ wrap }) {
    for (const value of THROWN) {
      try {
        wrap(() => {
          throw value;
        })();
        return `throwing ${show(value)} was swallowed`;
      } catch (caught) {
        if (!Object.is(caught, value)) return `${show(value)} was thrown as ${show(caught)}`;
      }
    }
    return undefined;
  },

  async promises({ wrap }) {
    const value = {};
    const promise = wrap(async () => value)();
    if (!(promise instanceof Promise)) return 'an async method gives no promise';
    if ((await promise) !== value) return 'it fulfils with another value';
    for (const reason of THROWN) {
      const caught = await (wrap(() => Promise.reject(reason))() as Promise<unknown>).then(
        () => 'nothing',
        (error: unknown) => ({ error }),
      );
      if (typeof caught === 'string') return `rejecting with ${show(reason)} was swallowed`;
      if (!Object.is(caught.error, reason)) return `it rejects with ${show(caught.error)} instead of ${show(reason)}`;
    }
    return undefined;
  },

  async 'unhandled rejections'({ wrap }) {
    const forgotten = new Error('forgotten');
    const handled = new Error('handled');
    const seen = await collectUnhandled(() => {
      wrap(() => Promise.reject(forgotten))();
      (wrap(() => Promise.reject(handled))() as Promise<unknown>).catch(() => {});
    });
    return (
      expect(!seen.includes(handled), 'a handled rejection is reported as unhandled') ??
      expect(seen.includes(forgotten), 'a forgotten rejection is no longer reported') ??
      expect(seen.length === 1, `a forgotten rejection is reported ${seen.length} times`)
    );
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
    if (query.started !== 0) return 'a query was started that nobody awaited';
    if (!(got instanceof Query) || typeof got.where !== 'function') return 'a query lost its methods';
    if (Object.keys(got).length !== 1) return 'a query got another enumerable property';
    const rows = (await (got.where() as unknown as PromiseLike<string[]>)) as string[];
    return expect(rows[0] === 'row' && Number(query.started) === 1, `awaiting a query ran it ${query.started} times`);
  },

  generators({ wrap }) {
    let running = false;
    let cleaned = false;
    const wrapped = wrap(function* (): Generator<number, string, string> {
      running = true;
      try {
        const given = yield 1;
        return given;
      } finally {
        cleaned = true;
      }
    });
    const first = wrapped() as Generator<number, string, string>;
    if (running) return 'the body ran before the first next()';
    if (first[Symbol.iterator]() !== first) return 'it is no iterator of itself';
    if (first.next('').value !== 1) return 'another value was yielded';
    if (first.next('sent').value !== 'sent') return 'what next() was given did not arrive';
    const second = wrapped() as Generator<number, string, string>;
    second.next('');
    cleaned = false;
    const ended = second.return('early');
    if (!cleaned || ended.value !== 'early') return 'return() did not reach the body';
    const third = wrapped() as Generator<number, string, string>;
    third.next('');
    try {
      third.throw(null);
      return 'throw() did not reach the body';
    } catch (error) {
      return expect(error === null, 'throw() gave another value');
    }
  },

  async 'async generators'({ wrap }) {
    let running = false;
    let cleaned = false;
    const wrapped = wrap(async function* (): AsyncGenerator<number> {
      running = true;
      try {
        yield 1;
        yield 2;
      } finally {
        cleaned = true;
      }
    });
    const stream = wrapped() as AsyncGenerator<number>;
    if (running) return 'the body ran before the first next()';
    for await (const value of stream) if (value === 1) break;
    if (!cleaned) return 'leaving the loop did not reach the body';
    const values: number[] = [];
    for await (const value of wrapped() as AsyncGenerator<number>) values.push(value);
    return expect(values.join() === '1,2', `it yielded ${values.join()}`);
  },

  observables({ wrap, Observable }) {
    if (Observable === undefined) return undefined;
    let subscriptions = 0;
    let torndown = 0;
    const wrapped = wrap(
      () =>
        new Observable((subscriber) => {
          subscriptions++;
          subscriber.next(subscriptions);
          return () => {
            torndown++;
          };
        }),
    );
    const stream = wrapped() as InstanceType<typeof Observable>;
    if (subscriptions !== 0) return 'it was subscribed to by somebody else';
    if (!(stream instanceof Observable)) return 'it is no Observable any more';
    const seen: unknown[] = [];
    stream.subscribe({ next: (value: unknown) => seen.push(value) }).unsubscribe();
    stream.subscribe({ next: (value: unknown) => seen.push(value) }).unsubscribe();
    return (
      expect(seen.join() === '1,2', `two subscriptions saw ${seen.join()}`) ??
      expect(torndown === 2, 'unsubscribing did not reach the producer')
    );
  },

  metadata({ wrap }) {
    const original = (): void => {};
    Reflect.defineMetadata('probe:before', 1, original);
    const wrapped = wrap(original);
    Reflect.defineMetadata('probe:below', 2, original);
    Reflect.defineMetadata('probe:above', 3, wrapped);
    return (
      expect(Reflect.getMetadata('probe:before', wrapped) === 1, 'what was written before is not visible') ??
      expect(Reflect.getMetadata('probe:below', wrapped) === 2, 'what is written on the original is not visible') ??
      expect(Reflect.getMetadata('probe:above', original) === 3, 'the original does not see what is written above')
    );
  },
};

/** A turn of the event loop: everything that was due has run. */
export const macrotask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs `work` with the process's own listeners aside, and gives the reasons of rejections that nobody handled. */
export async function collectUnhandled(work: () => void | Promise<void>): Promise<unknown[]> {
  const event = 'unhandledRejection';
  const others = process.listeners(event);
  const seen: unknown[] = [];
  const listen = (reason: unknown): void => {
    seen.push(reason);
  };
  process.removeAllListeners(event);
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
