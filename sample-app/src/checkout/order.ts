import { Exclude, Expose } from 'class-transformer';
import { type Cart, itemsIn } from '../cart/cart.js';
import { CURRENCY } from '../money.js';
import type { CheckoutForm } from './checkout-form.js';

const COUNTLY = { groups: ['countly'] };

/**
 * What the visitor is about to buy. Handed to a decorated method as it is: the decorators here say what Countly may
 * know of it, beside the data they are about.
 */
export class Order {
  @Exclude()
  readonly email: string;

  @Exclude()
  readonly address: string;

  @Exclude()
  readonly cardNumber: string;

  @Exclude()
  readonly cart: Cart;

  @Expose({ name: 'delivery', ...COUNTLY })
  readonly deliveryMethod: CheckoutForm['delivery'];

  constructor(cart: Cart, form: CheckoutForm) {
    this.cart = cart;
    this.email = form.email;
    this.address = form.address;
    this.cardNumber = form.cardNumber;
    this.deliveryMethod = form.delivery;
  }

  @Expose({ name: 'items', ...COUNTLY })
  get itemCount(): number {
    return itemsIn(this.cart);
  }

  @Expose(COUNTLY)
  get currency(): string {
    return CURRENCY;
  }
}
