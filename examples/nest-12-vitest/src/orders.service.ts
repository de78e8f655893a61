import { Injectable } from '@nestjs/common';
import { ReportErrors, Segment, TimedEvent } from 'countly-weave';
import { Order } from './order.js';

const PRICE = 12.5;

@Injectable()
export class OrdersService {
  @TimedEvent('order_placed', { sum: ({ result }) => result })
  @ReportErrors()
  async place(@Segment(Order) order: Order): Promise<number> {
    if (order.pieces > 100) throw new Error('The stock system cannot count so far.');
    return order.pieces * PRICE;
  }
}
