import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ReportErrors, Segment, Trace, TrackEvent, WithDevice } from 'countly-weave';
import { type Cart, itemsIn } from '../cart/cart.js';
import { CartStore } from '../cart/cart.store.js';
import { toUnits } from '../money.js';
import { SETTINGS, type ShopSettings } from '../settings.js';

// Seconds instead of the minutes of a real shop, so that something is to be seen.
const SWEEP_EVERY_MS = 1000;
const SEND_MS = 5;

/** Reminds visitors of what they left in their carts. */
@Injectable()
export class AbandonedCartJob {
  constructor(
    private readonly carts: CartStore,
    @Inject(SETTINGS) private readonly settings: ShopSettings,
  ) {}

  @Interval(SWEEP_EVERY_MS)
  @ReportErrors()
  async sweep(): Promise<void> {
    const abandoned = this.carts.takeAbandoned(this.settings.cartAbandonedAfterMs);
    await Promise.all(abandoned.map((cart) => this.remind(cart, itemsIn(cart))));
  }

  // No request surrounds a job: without @WithDevice all of this would be counted for the server itself.
  @WithDevice(({ args: [cart] }) => cart.visitorId)
  @TrackEvent('cart_abandoned', { sum: ({ args: [cart] }) => toUnits(cart.total) })
  @Trace('send_cart_reminder')
  async remind(_cart: Cart, @Segment('items') _items: number): Promise<void> {
    await wait(SEND_MS);
  }
}
