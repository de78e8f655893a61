import { createRequire } from 'node:module';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { holdInTransactions } from 'countly-weave/typeorm';
import { DataSource } from 'typeorm';
import { SETTINGS, type ShopSettings } from '../settings.js';
import { OrderBook } from './order-book.js';
import { OrderLineRow, OrderRow } from './order-rows.js';

/** SQLite, prebuilt and with the interface of better-sqlite3. */
const driver: unknown = createRequire(import.meta.url)('libsql');

const database = {
  provide: DataSource,
  inject: [SETTINGS],
  useFactory: ({ database }: ShopSettings): Promise<DataSource> => {
    const entities = [OrderRow, OrderLineRow];
    return holdInTransactions(
      new DataSource({ type: 'better-sqlite3', driver, database, entities, synchronize: true }),
    ).initialize();
  },
};

@Module({ providers: [database, OrderBook], exports: [OrderBook] })
export class OrdersModule implements OnApplicationShutdown {
  constructor(@Inject(DataSource) private readonly database: DataSource) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.destroy();
  }
}
