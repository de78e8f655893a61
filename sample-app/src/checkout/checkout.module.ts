import { Module } from '@nestjs/common';
import { CartModule } from '../cart/cart.module.js';
import { OrdersModule } from '../orders/orders.module.js';
import { ParcelsModule } from '../parcels/parcels.module.js';
import { CheckoutController } from './checkout.controller.js';
import { CheckoutService } from './checkout.service.js';
import { PaymentGateway } from './payment-gateway.js';

@Module({
  imports: [CartModule, OrdersModule, ParcelsModule.forRedis(process.env['REDIS_URL'] || undefined)],
  controllers: [CheckoutController],
  providers: [CheckoutService, PaymentGateway],
})
export class CheckoutModule {}
