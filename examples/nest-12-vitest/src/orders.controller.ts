import { Body, Controller, Get, Post } from '@nestjs/common';
import { TrackView } from 'countly-weave';
import { CountlyDeviceId } from 'countly-weave/nest';
import { Order } from './order.js';
import { OrdersService } from './orders.service.js';

@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  @TrackView('Orders')
  show(@CountlyDeviceId() visitor: string | undefined): { visitor: string | undefined } {
    return { visitor };
  }

  @Post()
  async place(@Body() body: Partial<Order>): Promise<{ total: number }> {
    const order = Object.assign(new Order(), { item: body.item, pieces: Number(body.pieces), email: body.email });
    return { total: await this.orders.place(order) };
  }
}
