import { Module } from '@nestjs/common';
import { CountlyModule, fromHeader } from 'countly-weave/nest';
import { OrdersController } from './orders.controller.js';
import { OrdersService } from './orders.service.js';

@Module({
  imports: [
    CountlyModule.forRoot({
      url: process.env['COUNTLY_URL'] ?? 'http://127.0.0.1:6010',
      appKey: process.env['COUNTLY_APP_KEY'] ?? 'example-nest-12-vitest',
      // Programs say who they act for; browsers get a cookie.
      deviceId: fromHeader('x-visitor-id'),
      anonymous: 'cookie',
      sessions: true,
    }),
  ],
  controllers: [OrdersController],
  providers: [OrdersService],
})
export class AppModule {}
