import { Module } from '@nestjs/common';
import { CartModule } from '../cart/cart.module.js';
import { Customers } from './customers.js';
import { LoginController } from './login.controller.js';
import { PrivacyController } from './privacy.controller.js';

@Module({ imports: [CartModule], controllers: [PrivacyController, LoginController], providers: [Customers] })
export class VisitorsModule {}
