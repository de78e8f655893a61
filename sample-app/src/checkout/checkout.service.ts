import { HttpException, Injectable } from '@nestjs/common';
import { Breadcrumb, ReportErrors, Segment, TimedEvent, TrackEvent } from 'countly-weave';
import { CartService } from '../cart/cart.service.js';
import { type Cents, toUnits } from '../money.js';
import { OrderBook } from '../orders/order-book.js';
import { ParcelDesk } from '../parcels/parcel-desk.js';
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
    private readonly orders: OrderBook,
    private readonly parcels: ParcelDesk,
  ) {}

  /**
   * Takes the money, keeps the order and empties the cart.
   * @throws PaymentDeclinedError when the bank says no, ConflictException when the order cannot be kept, CheckoutFailedError
   *   when anything else goes wrong
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
    let orderId: string;
    try {
      const payment = await this.payments.charge(order.cardNumber, total);
      orderId = await this.orders.keep(visitorId, order, total).catch(async (error: unknown) => {
        await this.payments.refund(payment);
        throw error;
      });
    } catch (cause) {
      if (cause instanceof HttpException) throw cause;
      throw new CheckoutFailedError('The order could not be placed.', { cause });
    }
    this.carts.clear(visitorId);
    this.parcels.handOver(orderId, order.itemCount);
    return { orderId, total };
  }

  @Breadcrumb(({ args: [order] }) => `pricing ${order.itemCount} items, ${order.deliveryMethod} delivery`)
  private price(order: Order): Cents {
    return order.cart.total + DELIVERY_COST[order.deliveryMethod];
  }
}
