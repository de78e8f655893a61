import { Breadcrumb, ReportErrors, TimedEvent } from 'countly-weave';
import type { Order } from './order.js';

export class Checkout {
  /** An event with its duration when it is paid, a crash report with the breadcrumb when it is not. */
  @TimedEvent('checkout', {
    sum: ({ result }) => result,
    segmentation: ({ args: [{ item, pieces }] }) => ({ item, pieces }),
  })
  @Breadcrumb(({ args: [{ pieces }] }) => `paying for ${pieces} pieces`)
  @ReportErrors()
  async pay({ pieces, price }: Order): Promise<number> {
    if (pieces < 1) throw new RangeError('There is nothing to pay for.');
    return pieces * price;
  }
}
