import { Injectable } from '@nestjs/common';
import { Segment, TrackEvent } from 'countly-weave';
import { toUnits } from '../money.js';
import { type Cart, cartOf } from './cart.js';
import { CartStore } from './cart.store.js';
import { CartChange } from './cart-change.js';

@Injectable()
export class CartService {
  constructor(private readonly store: CartStore) {}

  get(visitorId: string): Cart {
    return this.store.get(visitorId);
  }

  // Counts pieces and adds up their prices; what the cart holds in the end is of no interest here.
  @TrackEvent('cart_item_added', {
    count: ({ args: [, { quantity }] }) => quantity,
    sum: ({ args: [, { product, quantity }] }) => toUnits(product.price * quantity),
  })
  add(visitorId: string, @Segment() change: CartChange): Cart {
    const { lines } = this.store.get(visitorId);
    const present = lines.find(({ product }) => product.id === change.product.id);
    const others = lines.filter((line) => line !== present);
    const line = { product: change.product, quantity: change.quantity + (present?.quantity ?? 0) };
    return this.#put(cartOf(visitorId, [...others, line]));
  }

  @TrackEvent('cart_item_removed', { when: ({ result }) => result !== undefined, segmentation: CartChange })
  remove(visitorId: string, productId: string): CartChange | undefined {
    const { lines } = this.store.get(visitorId);
    const line = lines.find(({ product }) => product.id === productId);
    if (line === undefined) return undefined;
    this.#put(
      cartOf(
        visitorId,
        lines.filter((other) => other !== line),
      ),
    );
    return new CartChange(line.product, line.quantity);
  }

  clear(visitorId: string): void {
    this.store.put(cartOf(visitorId, []));
  }

  #put(cart: Cart): Cart {
    this.store.put(cart);
    return cart;
  }
}
