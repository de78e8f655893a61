import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.js';
import { CartController } from './cart.controller.js';
import { CartService } from './cart.service.js';
import { CartStore } from './cart.store.js';

@Module({
  imports: [CatalogueModule],
  controllers: [CartController],
  providers: [CartService, CartStore],
  exports: [CartService, CartStore],
})
export class CartModule {}
