import { Expose } from 'class-transformer';
import type { Product } from '../catalogue/product.js';

const COUNTLY = { groups: ['countly'] };

/** Something put into a cart or taken out of it, as the shop sees it and – through its decorators – as Countly does. */
export class CartChange {
  constructor(
    readonly product: Product,
    readonly quantity: number,
  ) {}

  @Expose({ name: 'product', ...COUNTLY })
  get productId(): string {
    return this.product.id;
  }

  @Expose(COUNTLY)
  get category(): string {
    return this.product.category;
  }
}
