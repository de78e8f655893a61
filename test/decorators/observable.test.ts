import {
  AsyncSubject,
  BehaviorSubject,
  lastValueFrom,
  map,
  Observable,
  type Operator,
  of,
  ReplaySubject,
  retry,
} from 'rxjs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { weave } from '../../lib/decorators/plain.js';
import { ReportErrors } from '../../lib/decorators/report-errors.js';
import { TrackEvent } from '../../lib/decorators/track-event.js';
import { RecordingClient } from '../support/recording-client.js';

/** As a library writes one: its state is nobody's business. */
class Cursor extends Observable<number> {
  readonly #rows: number[];
  static peek(cursor: Cursor): boolean {
    return #rows in cursor;
  }
  constructor(rows: number[], fails = false) {
    super((subscriber) => {
      for (const row of this.#rows) subscriber.next(row);
      if (fails) subscriber.error(new Error('lost'));
      else subscriber.complete();
    });
    this.#rows = rows;
  }
  get size(): number {
    return this.#rows.length;
  }
  add(row: number): this {
    this.#rows.push(row);
    return this;
  }
}

/** What `pipe` makes of it is of the same class. */
class Chain extends Observable<number> {
  readonly #name = 'chain';
  override lift<R>(operator?: Operator<number, R>): Observable<R> {
    const next = new Chain();
    Object.assign(next, { source: this, operator });
    return next as unknown as Observable<R>;
  }
  name(): string {
    return this.#name;
  }
}

describe('Observables that somebody else handles too', () => {
  let client: RecordingClient;
  beforeEach(() => {
    client = new RecordingClient().register();
  });
  afterEach(() => client.unregister());

  const read = <Stream extends Observable<number>>(make: () => Stream) =>
    weave(make, TrackEvent('read', { on: 'settle' })) as () => Stream;
  const count = () => client.of('event').length;

  const sources: [string, () => Observable<number>][] = [
    ['a plain one', () => of(1)],
    ['a piped one', () => of(1).pipe(map((value) => value))],
    ['a Subject', () => new BehaviorSubject(1)],
    ['a piped Subject', () => new BehaviorSubject(1).pipe(map((value) => value))],
    ['a class with #fields', () => new Cursor([1])],
    ['one that somebody replaced `subscribe` of before', () => instrumented(of(1))],
  ];

  describe.each(sources)('%s', (_, make) => {
    test('is recorded once a subscription, and `subscribe` may be replaced by what calls it', () => {
      const stream = read(make)();
      const original = stream.subscribe;
      let seen = 0;
      stream.subscribe = function (this: unknown, ...args: unknown[]) {
        seen++;
        return Reflect.apply(original, this, args) as never;
      };
      const values: number[] = [];
      stream.subscribe((value) => values.push(value)).unsubscribe();
      expect([values, seen, count()]).toEqual([[1], 1, 1]);
    });

    test('what is written, defined and deleted is what is read', () => {
      const stream = read(make)();
      const replaced = () => 'replaced' as never;
      stream.subscribe = replaced;
      expect(stream.subscribe).toBe(replaced);
      expect(Object.getOwnPropertyDescriptor(stream, 'subscribe')?.value).toBe(replaced);
      Object.defineProperty(stream, 'subscribe', { get: () => replaced, configurable: true });
      expect(stream.subscribe()).toBe('replaced');
      delete (stream as { subscribe?: unknown }).subscribe;
      expect(Object.hasOwn(stream, 'subscribe')).toBe(false);
      stream.subscribe().unsubscribe();
      Object.assign(stream, { pipe: 'mine', own: 1 });
      expect(stream).toMatchObject({ pipe: 'mine', own: 1 });
    });

    test('may be spied on and restored', () => {
      const stream = read(make)();
      const spy = vi.spyOn(stream, 'subscribe');
      stream.subscribe().unsubscribe();
      expect([spy.mock.calls.length, count()]).toEqual([1, 1]);
      spy.mockRestore();
      const again = read(() => stream)();
      again.subscribe().unsubscribe();
      expect(spy.mock.calls.length).toBe(0);
      expect(count()).toBeGreaterThan(1);
    });

    test('goes through any number of layers, replaced between each', () => {
      const inner = read(make);
      const middle = read(() => instrumented(inner()));
      const outer = weave(() => instrumented(middle()), TrackEvent('outer', { on: 'settle' }));
      const values: number[] = [];
      outer()
        .subscribe((value) => values.push(value))
        .unsubscribe();
      expect([values, count()]).toEqual([[1], 3]);
    });
  });

  test('what is no plain Observable is the same object as without the decorator', () => {
    for (const stream of [new Cursor([1]), new BehaviorSubject(1), new ReplaySubject(1), new AsyncSubject()] as const) {
      expect(read(() => stream as Observable<number>)()).toBe(stream);
    }
  });

  test('#fields work, from inside and outside of the class', async () => {
    const cursor = read(() => new Cursor([1, 2]))();
    expect([cursor.size, cursor.add(3).size, Cursor.peek(cursor)]).toEqual([2, 3, true]);
    expect(await lastValueFrom(cursor)).toBe(3);
    const chain = read(() => new Chain((subscriber) => subscriber.complete()))();
    expect([chain.name(), (chain.pipe(map(String)) as unknown as Chain).name()]).toEqual(['chain', 'chain']);
    chain.subscribe();
    expect(count()).toBe(2);
  });

  test('every subscription of a class of the own counts, a repetition after a failure too', () => {
    const stream = weave(() => new Cursor([1], true), TrackEvent('read', { on: 'error' }), ReportErrors())();
    const errors: unknown[] = [];
    stream.pipe(retry(2)).subscribe({ error: (error) => errors.push(error) });
    expect([errors.length, count(), client.of('crash').length]).toEqual([1, 3, 3]);
  });

  test('of a Subject that others subscribe to as well, each call counts for one subscription', () => {
    const subject = new BehaviorSubject(1);
    const state = read(() => subject);
    for (let call = 1; call <= 3; call++) {
      state().subscribe().unsubscribe();
      subject.subscribe().unsubscribe();
      expect(count()).toBe(call);
    }
  });

  test('what cannot be written on ends with the call', () => {
    const frozen = Object.freeze(new Cursor([1]));
    expect(read(() => frozen)()).toBe(frozen);
    expect(count()).toBe(1);
    frozen.subscribe();
    expect(count()).toBe(1);
  });

  test('a plain Observable is followed without anything on it', () => {
    const stream = read(() => of(1))();
    expect(Object.getPrototypeOf(stream)).toBe(Observable.prototype);
    expect(Object.hasOwn(stream, 'subscribe')).toBe(false);
  });
});

/** As `@sentry/nestjs` does to what an interceptor returns. */
function instrumented<Stream extends Observable<number>>(stream: Stream): Stream {
  stream.subscribe = new Proxy(stream.subscribe, { apply: (target, self, args) => Reflect.apply(target, self, args) });
  return stream;
}
