import { Body, Controller, Get, Param, Post, UseGuards } from '@nestjs/common';
import { ReportErrors, Trace, TrackEvent, TrackView } from 'countly-weave';
import { CountlyDeviceId } from 'countly-weave/nest';
import { Order, Receipt } from './order.js';
import { OrdersService } from './orders.service.js';
import { Roles, RolesGuard } from './roles.guard.js';

@Controller('orders')
@UseGuards(RolesGuard)
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  // Ours stand above, between and below the framework's on purpose: every order has to work.
  @TrackEvent('order_placed', { sum: (call) => call.result?.total, segmentation: Receipt })
  @Roles('customer')
  @Post()
  @Trace('place_order')
  async place(@Body() order: Order, @CountlyDeviceId() visitor: string): Promise<{ total: number; visitor: string }> {
    return Object.assign(await this.orders.charge(order, 'EUR'), { visitor });
  }

  @Get('page')
  @TrackView('order_page')
  page(): string {
    return 'page';
  }

  @Get(':id')
  @ReportErrors()
  read(@Param('id') id: string): Promise<Receipt> {
    return this.orders.find(id);
  }
}
