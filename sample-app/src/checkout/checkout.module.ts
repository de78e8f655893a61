import { Module } from '@nestjs/common';
import { CartModule } from '../cart/cart.module.js';
import { CheckoutController } from './checkout.controller.js';
import { CheckoutService } from './checkout.service.js';
import { PaymentGateway } from './payment-gateway.js';

@Module({ imports: [CartModule], controllers: [CheckoutController], providers: [CheckoutService, PaymentGateway] })
export class CheckoutModule {}
