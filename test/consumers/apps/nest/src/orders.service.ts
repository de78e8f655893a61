import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, InternalServerErrorException } from '@nestjs/common';
import { ReportErrors, Segment, TimedEvent } from 'countly-weave';
import { type Order, Receipt } from './order.js';

@Injectable()
export class OrdersService {
  /** Waits, so that the scope of the request has to follow an await. */
  @TimedEvent('payment')
  async charge(order: Order, @Segment('currency') _currency: string): Promise<Receipt> {
    await pause(15);
    return new Receipt(order, order.price * order.pieces);
  }

  @ReportErrors()
  async find(id: string): Promise<Receipt> {
    await pause(1);
    throw new InternalServerErrorException(`order ${id} cannot be read`);
  }
}
