import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Breadcrumb, ReportErrors, Segment, TimedEvent, TrackEvent } from 'countly-weave';
import { CartService } from '../cart/cart.service.js';
import { type Cents, toUnits } from '../money.js';
import type { Delivery } from './checkout-form.js';
import { Order } from './order.js';
import { CheckoutFailedError, isUnexpected, PaymentDeclinedError } from './payment-errors.js';
import { PaymentGateway } from './payment-gateway.js';

export interface Receipt {
  readonly orderId: string;
  readonly total: Cents;
}

const DELIVERY_COST: Readonly<Record<Delivery, Cents>> = { standard: 490, express: 1290 };

@Injectable()
export class CheckoutService {
  constructor(
    private readonly carts: CartService,
    private readonly payments: PaymentGateway,
  ) {}

  /**
   * Takes the money and empties the cart.
   * @throws PaymentDeclinedError when the bank says no, CheckoutFailedError when anything else goes wrong
   */
  @TimedEvent('checkout', { sum: ({ result }) => toUnits(result?.total ?? 0) })
  @TrackEvent('payment_declined', {
    on: 'error',
    when: ({ error }) => error instanceof PaymentDeclinedError,
    segmentation: ({ error }) => ({ reason: (error as PaymentDeclinedError).reason }),
  })
  @ReportErrors({ when: isUnexpected })
  async placeOrder(visitorId: string, @Segment() order: Order): Promise<Receipt> {
    const total = this.price(order);
    try {
      await this.payments.charge(order.cardNumber, total);
    } catch (cause) {
      if (cause instanceof PaymentDeclinedError) throw cause;
      throw new CheckoutFailedError('The order could not be placed.', { cause });
    }
    this.carts.clear(visitorId);
    return { orderId: randomUUID().slice(0, 8), total };
  }

  @Breadcrumb(({ args: [order] }) => `pricing ${order.itemCount} items, ${order.deliveryMethod} delivery`)
  private price(order: Order): Cents {
    return order.cart.total + DELIVERY_COST[order.deliveryMethod];
  }
}
