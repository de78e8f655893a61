import { Injectable } from '@nestjs/common';
import { type Cart, cartOf } from './cart.js';

interface Entry {
  readonly cart: Cart;
  readonly changedAt: number;
  readonly reminded: boolean;
}

/** More carts than this belong into a database; the ones nobody touched for longest go first. */
const MAX_CARTS = 10_000;

/** Carts by visitor, in memory, in the order of their last change. */
@Injectable()
export class CartStore {
  readonly #entries = new Map<string, Entry>();

  get(visitorId: string): Cart {
    return this.#entries.get(visitorId)?.cart ?? cartOf(visitorId, []);
  }

  put(cart: Cart): void {
    this.#entries.delete(cart.visitorId);
    if (cart.lines.length === 0) return;
    this.#entries.set(cart.visitorId, { cart, changedAt: Date.now(), reminded: false });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MAX_CARTS && oldest !== undefined) this.#entries.delete(oldest);
  }

  /** A visitor became a customer, with what is in the cart; a cart that the customer has already stays as it is. */
  move(from: string, to: string): void {
    const { lines } = this.get(from);
    if (lines.length > 0 && this.get(to).lines.length === 0) this.put(cartOf(to, lines));
    this.#entries.delete(from);
  }

  /** Carts that nobody touched for so long. Each is given once, until it changes again. */
  takeAbandoned(idleMs: number): Cart[] {
    const before = Date.now() - idleMs;
    const abandoned: Cart[] = [];
    for (const [visitorId, entry] of this.#entries) {
      if (entry.changedAt > before) break;
      if (entry.reminded) continue;
      this.#entries.set(visitorId, { ...entry, reminded: true });
      abandoned.push(entry.cart);
    }
    return abandoned;
  }
}
