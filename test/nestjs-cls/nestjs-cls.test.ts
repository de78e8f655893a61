import 'reflect-metadata';
import { createRequire } from 'node:module';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  ClsPluginTransactional,
  InjectTransactionHost,
  Transactional,
  type TransactionalAdapter,
  type TransactionHost,
} from '@nestjs-cls/transactional';
import { ClsModule } from 'nestjs-cls';
import { DataSource, type EntityManager, EntitySchema } from 'typeorm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TrackEvent } from '../../lib/index.js';
import { type ClsTransactionOptions, holdInTransactions } from '../../lib/nestjs-cls/index.js';
import { type Recorded, recorded } from '../support/recorded.js';

const Order = new EntitySchema<{ id: number; total: number }>({
  name: 'order',
  columns: { id: { type: Number, primary: true, generated: true }, total: { type: Number } },
  checks: [{ expression: 'total > 0' }],
});

/** As the package's adapter for TypeORM, with a hook of its own that counts on `this`. */
class TypeOrmAdapter implements TransactionalAdapter<DataSource, EntityManager, object> {
  readonly #source: DataSource;
  inits = 0;
  constructor(readonly connection: DataSource) {
    this.#source = connection;
  }
  onModuleInit(): void {
    if (this.#source.isInitialized) this.inits++;
  }
  optionsFactory = (source: DataSource) => ({
    wrapWithTransaction: (_options: object, fn: () => Promise<unknown>, setTx: (tx?: EntityManager) => void) =>
      source.transaction((manager) => {
        setTx(manager);
        return fn();
      }),
    getFallbackInstance: () => source.manager,
  });
}

@Injectable()
class Orders {
  constructor(@InjectTransactionHost() private readonly host: TransactionHost<TypeOrmAdapter>) {}

  @Transactional()
  async placeAll(totals: number[]): Promise<void> {
    for (const total of totals) await this.place(total);
  }

  @TrackEvent('placed', { on: 'commit', sum: (call) => call.args[0] })
  async place(total: number): Promise<void> {
    await this.host.tx.insert(Order, { total });
    test.client.addEvent('by hand');
  }

  @TrackEvent('above', { on: 'commit' })
  @Transactional()
  @TrackEvent('below', { on: 'commit' })
  async once(total: number): Promise<void> {
    await this.host.tx.insert(Order, { total });
  }
}

let test: Recorded;
let source: DataSource;
beforeEach(async () => {
  test = recorded();
  const driver = createRequire(__filename)('libsql') as unknown;
  source = new DataSource({
    type: 'better-sqlite3',
    driver,
    database: ':memory:',
    entities: [Order],
    synchronize: true,
  });
  await source.initialize();
});
afterEach(async () => {
  await source.destroy();
  await test.close();
});

async function start(options?: ClsTransactionOptions) {
  const own = new TypeOrmAdapter(source);
  const adapter = holdInTransactions(own, options);
  @Module({
    imports: [ClsModule.forRoot({ plugins: [new ClsPluginTransactional({ adapter })] })],
    providers: [Orders],
  })
  class App {}
  const app = await Test.createTestingModule({ imports: [App] }).compile();
  await app.init();
  return { app, own, orders: app.get(Orders) };
}

const keys = async () => (await test.events()).map(({ key }) => key);

it('what is recorded below @Transactional() leaves with its commit', async () => {
  const { app, own, orders } = await start();
  expect(own.inits).toBe(1);
  await orders.placeAll([1, 2]);
  expect(await source.manager.count(Order)).toBe(2);
  expect((await keys()).sort()).toEqual(['by hand', 'by hand', 'placed', 'placed']);
  await app.close();
});

it('and is dropped when the database says no, wherever the decorators stand', async () => {
  const { app, orders } = await start();
  await expect(orders.placeAll([1, -2])).rejects.toThrow(/CHECK/);
  await expect(orders.once(-1)).rejects.toThrow(/CHECK/);
  expect(await source.manager.count(Order)).toBe(0);
  expect(await keys()).toEqual([]);
  expect(test.client.stats()).toMatchObject({ held: 0, dropped: { rolled_back: 2 } });
  await orders.once(1);
  expect((await keys()).sort()).toEqual(['above', 'below']);
  await app.close();
});

it('with `holds: commit` marked records alone wait', async () => {
  const { app, orders } = await start({ holds: 'commit' });
  await expect(orders.placeAll([1, -2])).rejects.toThrow(/CHECK/);
  expect(await keys()).toEqual(['by hand']);
  expect(test.client.stats().dropped).toEqual({ rolled_back: 1 });
  await app.close();
});

it('what is no adapter is refused', () => {
  expect(() => holdInTransactions({} as never)).toThrow(
    /adapter: expected an adapter of @nestjs-cls\/transactional, got/,
  );
  expect(() => holdInTransactions(new TypeOrmAdapter(source), { holds: 'none' as never })).toThrow(/"all" or "commit"/);
});
