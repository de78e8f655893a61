import { randomUUID } from 'node:crypto';
import { ConflictException, Injectable } from '@nestjs/common';
import { Segment, TrackEvent } from 'countly-weave';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import { CartChange } from '../cart/cart-change.js';
import type { Order } from '../checkout/order.js';
import { type Cents, toUnits } from '../money.js';
import { MAX_PIECES, OrderLineRow, OrderRow } from './order-rows.js';

/** Orders in the database, each with its lines or not at all. */
@Injectable()
export class OrderBook {
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly database: DataSource) {}

  /**
   * Gives the id of the order.
   * @throws ConflictException when the database does not take it
   */
  async keep(visitorId: string, order: Order, total: Cents): Promise<string> {
    const kept = this.#last.then(() => this.#insert(visitorId, order, total));
    // SQLite has one writer: whoever comes next waits for this transaction.
    this.#last = kept.catch(() => undefined);
    try {
      return await kept;
    } catch (error) {
      if (!(error instanceof QueryFailedError)) throw error;
      throw new ConflictException(`No parcel holds more than ${MAX_PIECES} pieces of one thing.`);
    }
  }

  #insert(visitorId: string, { cart }: Order, total: Cents): Promise<string> {
    // The data source is followed (orders.module.ts): what is recorded in here leaves when the rows are there, or never.
    return this.database.transaction(async (manager) => {
      const id = randomUUID().slice(0, 8);
      await manager.insert(OrderRow, { id, visitorId, total });
      for (const { product, quantity } of cart.lines)
        await this.keepLine(manager, id, new CartChange(product, quantity));
      return id;
    });
  }

  @TrackEvent('item_ordered', {
    count: ({ args: [, , { quantity }] }) => quantity,
    sum: ({ args: [, , { product, quantity }] }) => toUnits(product.price * quantity),
  })
  async keepLine(manager: EntityManager, orderId: string, @Segment() line: CartChange): Promise<void> {
    await manager.insert(OrderLineRow, { orderId, productId: line.product.id, pieces: line.quantity });
  }
}
