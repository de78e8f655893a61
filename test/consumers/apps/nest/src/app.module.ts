import { Module } from '@nestjs/common';
import { CountlyModule, fromHeader } from 'countly-weave/nest';
import { OrdersController } from './orders.controller.js';
import { OrdersService } from './orders.service.js';

@Module({
  imports: [
    CountlyModule.forRootAsync({
      // A factory, as an application with a configuration service has it. URL and key come from the environment.
      useFactory: () => ({ deviceId: fromHeader('x-visitor-id'), anonymous: 'none' }),
    }),
  ],
  controllers: [OrdersController],
  providers: [OrdersService],
})
export class AppModule {}
