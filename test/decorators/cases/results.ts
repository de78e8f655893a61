import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import {
  BehaviorSubject,
  firstValueFrom,
  isObservable,
  lastValueFrom,
  map,
  Observable,
  of,
  range,
  retry,
  take,
  throwError,
} from 'rxjs';
import { ReportErrors } from '../../../lib/decorators/report-errors.js';
import { TimedEvent } from '../../../lib/decorators/timed-event.js';
import { type Cases, tick, withClient } from './harness.js';

interface Builder extends PromiseLike<unknown> {
  where(column: string, value: unknown): Builder;
  clone(): Builder;
  toQuery(): string;
}

const load = createRequire(`${process.cwd()}/package.json`);

class Streams {
  torndown = 0;
  readonly subject = new BehaviorSubject(4);
  readonly stored = (function* () {
    yield 1;
    yield 2;
  })();

  @TimedEvent('numbers')
  numbers(): Observable<number> {
    return new Observable<number>((subscriber) => {
      let n = 0;
      const timer = setInterval(() => subscriber.next(n++), 2);
      return () => {
        clearInterval(timer);
        this.torndown++;
      };
    });
  }
  @TimedEvent('endless')
  endless(): Observable<number> {
    return range(1, Number.POSITIVE_INFINITY);
  }
  @TimedEvent('state')
  state(): BehaviorSubject<number> {
    return this.subject;
  }
  @TimedEvent('broken', { on: 'error' })
  @ReportErrors()
  broken(): Observable<never> {
    return throwError(() => new Error('stream'));
  }
  @TimedEvent('last', { segmentation: (call) => ({ last: call.result }) })
  last(): Observable<number> {
    return of(1, 2, 3);
  }
  @TimedEvent('counting', { segmentation: (call) => ({ result: call.result }) })
  *counting(): Generator<number, string, undefined> {
    yield 1;
    yield 2;
    return 'done';
  }
  @TimedEvent('same')
  same(): Generator<number> {
    return this.stored;
  }
  @TimedEvent('paging')
  async *paging(fail = false): AsyncGenerator<number> {
    yield 1;
    await tick(15);
    if (fail) throw new Error('page');
    yield 2;
  }
  @TimedEvent('file')
  file(): Readable {
    return Readable.from(['a', 'b']);
  }
}

class LazyPromise extends Promise<number> {
  static started = 0;
  // biome-ignore lint/suspicious/noThenProperty: a lazy promise starts in then
  override then<A = number, B = never>(
    onFulfilled?: ((value: number) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    LazyPromise.started++;
    return Promise.resolve(5).then(onFulfilled, onRejected);
  }
}

interface KnexModule {
  (config: object): (table: string) => Builder;
  readonly Client: new (config: object) => object;
}

/** The real Knex with its builder, compiler and runner; only the driver's four methods are not there. */
function fakeKnex(executed: string[]): (table: string) => Builder {
  const knex = load('knex') as KnexModule;
  class Driverless extends knex.Client {
    readonly dialect = 'sqlite3';
    readonly driverName = 'driverless';
    acquireConnection(): Promise<object> {
      return Promise.resolve({});
    }
    releaseConnection(): Promise<void> {
      return Promise.resolve();
    }
    _query(_connection: object, query: { sql: string }): Promise<object> {
      executed.push(query.sql);
      return Promise.resolve({ ...query, response: [{ id: 1 }] });
    }
    processResponse(query: { response: unknown }): unknown {
      return query.response;
    }
  }
  return knex({ client: Driverless });
}

class Queries {
  readonly executed: string[] = [];
  readonly knex = fakeKnex(this.executed);

  @TimedEvent('query')
  rows(): Builder {
    return this.knex('orders').where('id', 1);
  }

  @TimedEvent('find')
  find(model: { find(filter: object): object }): object {
    return model.find({ paid: true });
  }

  @TimedEvent('lazy')
  lazy(): LazyPromise {
    return new LazyPromise(() => {});
  }

  @TimedEvent('own')
  own(thenable: object): object {
    return thenable;
  }

  @TimedEvent('extended')
  extended(promise: Promise<number>): Promise<number> {
    return promise;
  }

  @TimedEvent('inner')
  inner(): Builder {
    return this.rows();
  }
}

export const cases: Cases = {
  'an Observable is timed per subscription, and unsubscribing reaches the producer': () =>
    withClient(async (client) => {
      const streams = new Streams();
      const numbers = streams.numbers();
      assert.ok(isObservable(numbers) && numbers instanceof Observable);
      await tick(5);
      assert.equal(client.records.length, 0);
      await Promise.all([
        firstValueFrom(numbers),
        lastValueFrom(
          numbers.pipe(
            map((n) => n + 1),
            take(10),
          ),
        ),
      ]);
      assert.equal(streams.torndown, 2);
      const durations = client.of('event').map(({ options }) => options.dur ?? 0);
      assert.equal(durations.length, 2);
      assert.ok((durations[1] ?? 0) > (durations[0] ?? 0) * 2, String(durations));
    }),

  'taking from a synchronous endless stream ends': () =>
    withClient((client) => {
      const seen: number[] = [];
      new Streams()
        .endless()
        .pipe(take(2))
        .subscribe((n) => seen.push(n));
      assert.deepEqual(seen, [1, 2]);
      assert.equal(client.of('event').length, 1);
    }),

  'a subject stays a subject': () =>
    withClient((client) => {
      const streams = new Streams();
      const state = streams.state();
      const seen: number[] = [];
      const subscription = state.subscribe((n) => seen.push(n));
      state.next(5);
      assert.equal(state.value, 5);
      assert.equal(streams.subject.value, 5);
      subscription.unsubscribe();
      assert.equal(streams.subject.observed, false);
      assert.deepEqual(seen, [4, 5]);
      assert.equal(client.of('event').length, 1);
    }),

  'an error in an Observable is recorded per subscription and reaches its handler': () =>
    withClient((client) => {
      const errors: string[] = [];
      new Streams()
        .broken()
        .pipe(retry(2))
        .subscribe({ error: (error: Error) => errors.push(error.message) });
      assert.deepEqual(errors, ['stream']);
      assert.equal(client.of('event').length, 3);
      assert.equal(client.of('crash').length, 3);
    }),

  'the result of an Observable is its last value': () =>
    withClient((client) => {
      new Streams().last().subscribe();
      assert.deepEqual(client.of('event')[0]?.options.segmentation, { last: 3 });
    }),

  'an Observable records for whoever subscribes': () =>
    withClient((client) => {
      const shared = new Streams().last();
      client.run('visitor-1', () => shared.subscribe());
      client.run('visitor-2', () => shared.subscribe());
      assert.deepEqual(
        client.of('event').map(({ deviceId }) => deviceId),
        ['visitor-1', 'visitor-2'],
      );
    }),

  'a generator is timed to its end, once': () =>
    withClient((client) => {
      const counting = new Streams().counting();
      assert.equal(client.records.length, 0);
      assert.deepEqual([...counting], [1, 2]);
      assert.deepEqual([...counting], []);
      assert.deepEqual(
        client.of('event').map(({ options }) => options.segmentation),
        [{ result: 'done' }],
      );
    }),

  'the time of a generator begins with its first step': () =>
    withClient(async (client) => {
      const counting = new Streams().counting();
      await tick(50);
      assert.deepEqual([...counting], [1, 2]);
      assert.ok((client.of('event')[0]?.options.dur ?? 1) < 0.04);
    }),

  'leaving a generator early ends it': () =>
    withClient((client) => {
      for (const n of new Streams().counting()) if (n === 1) break;
      assert.equal(client.of('event').length, 1);
    }),

  'a generator that is given out again and again is covered once': () =>
    withClient((client) => {
      const streams = new Streams();
      const { next } = streams.same();
      for (let i = 1; i < 100; i++) assert.equal(streams.same(), streams.stored);
      assert.equal(streams.stored.next, next);
      assert.deepEqual([...streams.stored], [1, 2]);
      assert.equal(client.of('event').length, 100);
    }),

  'an async generator is timed to its end': () =>
    withClient(async (client) => {
      const seen: number[] = [];
      for await (const n of new Streams().paging()) seen.push(n);
      assert.deepEqual(seen, [1, 2]);
      assert.ok((client.of('event')[0]?.options.dur ?? 0) > 0.01);
      await assert.rejects(async () => {
        for await (const _ of new Streams().paging(true));
      }, /page/);
      assert.equal(client.of('event').length, 1);
    }),

  'a Node stream is left alone': () =>
    withClient(async (client) => {
      const stream = new Streams().file();
      assert.ok(stream instanceof Readable);
      assert.equal(stream.readableFlowing, null);
      assert.equal((await stream.toArray()).join(''), 'ab');
      assert.equal(client.of('event').length, 1);
    }),

  'a Knex query is not run by us, stays chainable, and is recorded when it is awaited': () =>
    withClient(async (client) => {
      const queries = new Queries();
      const builder = queries.rows();
      const bare = queries.knex('orders').where('id', 1);
      assert.equal(Object.getPrototypeOf(builder), Object.getPrototypeOf(bare));
      assert.deepEqual(Object.keys(builder), Object.keys(bare));
      assert.equal(builder.where('a', 2).toQuery(), `select * from "orders" where "id" = 1 and "a" = 2`);
      assert.equal(builder.clone().toQuery(), builder.toQuery());
      await tick(5);
      assert.equal(client.records.length, 0);
      assert.deepEqual(queries.executed, []);
      assert.deepEqual(await builder, [{ id: 1 }]);
      assert.equal(queries.executed.length, 1);
      assert.equal(client.of('event').length, 1);
      assert.equal(Object.hasOwn(builder, 'then'), false);
    }),

  'a Mongoose query is not run by us and is recorded when it is awaited': () =>
    withClient(async (client) => {
      const mongoose = load('mongoose') as {
        model(name: string, schema: object): { find(filter: object): object };
        Schema: new (shape: object) => object;
        models: Record<string, { find(filter: object): object }>;
        Query: new () => object;
      };
      const model = mongoose.models['Order'] ?? mongoose.model('Order', new mongoose.Schema({ paid: Boolean }));
      let runs = 0;
      const query = new Queries().find(model) as PromiseLike<unknown> & {
        exec: () => Promise<unknown>;
        sort(by: string): PromiseLike<unknown>;
      };
      assert.ok(query instanceof mongoose.Query);
      // No database is needed to see how often it is asked.
      query.exec = async () => {
        runs++;
        return ['order'];
      };
      await tick(5);
      assert.equal(runs, 0);
      assert.deepEqual(await query.sort('x'), ['order']);
      assert.equal(runs, 1);
      assert.equal(client.of('event').length, 1);
    }),

  'a lazy promise is started by its caller alone': () =>
    withClient(async (client) => {
      LazyPromise.started = 0;
      const lazy = new Queries().lazy();
      await tick();
      assert.equal(LazyPromise.started, 0);
      assert.ok(lazy instanceof LazyPromise);
      assert.equal(await lazy, 5);
      assert.equal(LazyPromise.started, 1);
      assert.equal(client.of('event').length, 1);
    }),

  'thenables: frozen, own then, rejecting, with extra arguments': () =>
    withClient(async (client) => {
      const queries = new Queries();
      const frozen = Object.freeze({
        // biome-ignore lint/suspicious/noThenProperty: a thenable
        then: (resolve: (n: number) => void) => resolve(1),
      });
      assert.equal(queries.own(frozen), frozen);
      assert.equal(await frozen, 1);
      assert.equal(client.of('event').length, 1);
      client.clear();

      let calls = 0;
      const failing = {
        // biome-ignore lint/suspicious/noThenProperty: a thenable
        then(_: unknown, reject: (error: unknown) => void) {
          calls++;
          reject(null);
        },
      };
      const before = failing.then;
      queries.own(failing);
      await assert.rejects(Promise.resolve(failing), (error) => error === null);
      assert.equal(calls, 1);
      assert.equal(failing.then, before);
      assert.equal(client.of('event').length, 0);
    }),

  'a promise with methods of its own stays the same object': () =>
    withClient(async (client) => {
      const promise = Object.assign(Promise.resolve(1), { cancel: () => 'cancelled' });
      const got = new Queries().extended(promise);
      assert.equal(got, promise);
      assert.equal(await got, 1);
      assert.equal(client.of('event').length, 1);
    }),

  'a query that crosses two layers is recorded by both': () =>
    withClient(async (client) => {
      const queries = new Queries();
      assert.deepEqual(await queries.inner(), [{ id: 1 }]);
      assert.equal(queries.executed.length, 1);
      assert.deepEqual(
        client.of('event').map(({ key }) => key),
        ['query', 'inner'],
      );
    }),
};
