import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { ReportErrors } from '../../../lib/decorators/report-errors.js';
import { TimedEvent } from '../../../lib/decorators/track-event.js';
import { type Cases, tick, withClient } from './harness.js';

type Row = Record<string, unknown>;

interface Builder extends PromiseLike<Row[]> {
  insert(row: Row): Builder;
  where(column: string, value: unknown): Builder;
  select(): Builder;
  clone(): Builder;
  toQuery(): string;
  transacting(transaction: Knex): Builder;
  stream(): AsyncIterable<Row>;
}

interface Knex {
  (table: string): Builder;
  raw(sql: string): Builder;
  on(event: 'query', listener: (query: { sql: string }) => void): void;
  transaction<T>(work: (transaction: Knex) => Promise<T>): Promise<T>;
  destroy(): Promise<void>;
}

const load = createRequire(`${process.cwd()}/package.json`);

/** Knex on a real SQLite in memory. `libsql` has the interface of better-sqlite3 and comes prebuilt. */
async function database(): Promise<{ readonly knex: Knex; readonly executed: string[] }> {
  const create = load('knex') as (config: object) => Knex;
  const BetterSqlite3 = load('knex/lib/dialects/better-sqlite3') as new () => object;
  class Sqlite extends BetterSqlite3 {
    _driver(): unknown {
      return load('libsql');
    }
  }
  const knex = create({
    client: Sqlite,
    connection: { filename: ':memory:' },
    pool: { min: 1, max: 1 },
    useNullAsDefault: true,
  });
  await knex.raw('create table orders (id integer primary key, paid integer not null)');
  const executed: string[] = [];
  knex.on('query', ({ sql }) => executed.push(sql));
  return { knex, executed };
}

class Orders {
  readonly knex: Knex;
  constructor(knex: Knex) {
    this.knex = knex;
  }

  @TimedEvent('add', { on: 'settle', segmentation: (call) => ({ failed: call.failed }) })
  @ReportErrors()
  add(row: Row): Builder {
    return this.knex('orders').insert(row);
  }

  @TimedEvent('add twice')
  addThroughLayers(row: Row): Builder {
    return this.add(row);
  }

  @TimedEvent('add and wait')
  async addAndWait(row: Row): Promise<number> {
    await this.add(row);
    return (await this.all()).length;
  }

  @TimedEvent('all')
  all(): Builder {
    return this.knex('orders').select();
  }
}

/** Runs with an empty table of orders, a client and what SQLite really executed. */
function withOrders(
  work: (orders: Orders, executed: string[], ...rest: Parameters<Parameters<typeof withClient>[0]>) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const { knex, executed } = await database();
    try {
      await withClient((client) => work(new Orders(knex), executed, client));
    } finally {
      await knex.destroy();
    }
  };
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

class Queries {
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
}

export const cases: Cases = {
  'a Knex query runs in SQLite when it is awaited, once, and never before': withOrders(
    async (orders, executed, client) => {
      const query = orders.add({ paid: 1 });
      await tick(5);
      assert.deepEqual(executed, []);
      assert.equal(client.records.length, 0);
      await query;
      assert.equal(executed.length, 1);
      assert.equal(client.of('event').length, 1);
      assert.deepEqual(await orders.knex('orders').select(), [{ id: 1, paid: 1 }]);
    },
  ),

  'a Knex query that nobody awaits is never run': withOrders(async (orders, executed, client) => {
    orders.add({ paid: 1 });
    await tick(20);
    assert.deepEqual(await orders.knex('orders').select(), []);
    assert.equal(executed.length, 1);
    assert.equal(client.records.length, 0);
  }),

  'a Knex query through two layers runs once and is recorded by both': withOrders(async (orders, executed, client) => {
    await orders.addThroughLayers({ paid: 1 });
    assert.equal(executed.length, 1);
    assert.deepEqual(
      client.of('event').map(({ key }) => key),
      ['add', 'add twice'],
    );
  }),

  'a Knex query inside an async method runs once': withOrders(async (orders, executed, client) => {
    assert.equal(await orders.addAndWait({ paid: 0 }), 1);
    assert.equal(executed.length, 2);
    assert.deepEqual(
      client.of('event').map(({ key }) => key),
      ['add', 'all', 'add and wait'],
    );
  }),

  'a Knex query in a transaction is rolled back with it': withOrders(async (orders, executed) => {
    const rolledBack = orders.knex.transaction(async (transaction) => {
      await orders.add({ paid: 1 }).transacting(transaction);
      throw new Error('changed our mind');
    });
    await assert.rejects(rolledBack, /changed our mind/);
    assert.deepEqual(await orders.all(), []);
    assert.equal(executed.filter((sql) => sql.startsWith('insert')).length, 1);
  }),

  'what SQLite refuses is the error the caller gets, and is reported once': withOrders(async (orders, _, client) => {
    const error = await Promise.resolve(orders.add({ paid: null })).catch((caught: unknown) => caught);
    assert.match(String(error), /NOT NULL constraint failed/);
    assert.equal(client.of('crash').length, 1);
    assert.equal(client.of('crash')[0]?.error, error);
    assert.deepEqual(client.of('event')[0]?.options.segmentation, { failed: true });
  }),

  'a Knex query stays chainable and can be cloned, streamed and awaited again': withOrders(
    async (orders, executed, client) => {
      await orders.add({ paid: 1 });
      await orders.add({ paid: 0 });
      const all = orders.all();
      const bare = orders.knex('orders').select();
      assert.equal(Object.getPrototypeOf(all), Object.getPrototypeOf(bare));
      assert.deepEqual(Object.keys(all), Object.keys(bare));
      assert.equal(all.clone().where('paid', 1).toQuery(), 'select * from `orders` where `paid` = 1');
      assert.equal((await all).length, 2);
      assert.equal(Object.hasOwn(all, 'then'), false);
      assert.equal((await all).length, 2);
      assert.equal(executed.length, 4);
      const streamed: unknown[] = [];
      for await (const row of orders.all().stream()) streamed.push(row);
      assert.equal(streamed.length, 2);
      assert.equal(client.of('event').length, 3);
    },
  ),

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
};
