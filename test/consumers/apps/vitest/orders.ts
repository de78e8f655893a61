import { Body, Controller, Module, Post } from '@nestjs/common';
import { ReportErrors, TrackEvent } from 'countly-weave';
import { CountlyModule, fromHeader } from 'countly-weave/nest';

@Controller('orders')
export class OrdersController {
  @Post()
  @TrackEvent('order_placed', { segmentation: (call) => ({ items: call.args[0].items }) })
  @ReportErrors()
  place(@Body() order: { items: number }): { placed: number } {
    if (order.items > 100) throw new RangeError('too many items');
    return { placed: order.items };
  }
}

@Module({
  imports: [
    CountlyModule.forRoot({
      url: process.env['COUNTLY_URL'] ?? 'http://127.0.0.1:6010',
      appKey: process.env['COUNTLY_APP_KEY'] ?? 'shop',
      deviceId: fromHeader('x-visitor-id'),
    }),
  ],
  controllers: [OrdersController],
})
export class AppModule {}
