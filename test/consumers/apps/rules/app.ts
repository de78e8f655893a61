// Classes that hide something, recorded in every way there is; compiled without emitDecoratorMetadata, as most tools do.
import 'reflect-metadata';
import { Segment, TrackEvent } from 'countly-weave';
import { createTestClient } from 'countly-weave/testing';
import { Address, Order } from './order.js';

class Shop {
  @TrackEvent('instance') instance(@Segment() _order: Order): void {}
  @TrackEvent('named') named(@Segment('order') _order: Order): void {}
  @TrackEvent('given') given(@Segment(Order) _order: object): void {}
  @TrackEvent('nothing_exposed') nothingExposed(@Segment('to') _address: Address): void {}
  @TrackEvent('option', { segmentation: Order as never }) option(_order: Order): void {}
  @TrackEvent('result', { segmentation: (call) => call.result as never }) result(): Order {
    return new Order();
  }
}

/** What was recorded of each way, and what was warned of. */
export async function recorded(): Promise<{ events: Record<string, unknown>; said: string[] }> {
  const said: string[] = [];
  const tell = (message: unknown) => void said.push(String(message));
  const test = createTestClient({ logger: { error: tell, warn: tell, log() {} } });
  const shop = new Shop();
  shop.instance(new Order());
  shop.named(new Order());
  shop.given({ ...new Order() });
  shop.nothingExposed(new Address());
  shop.option(new Order());
  shop.result();
  const events = await test.events();
  await test.close();
  return { events: Object.fromEntries(events.map(({ key, segmentation }) => [key, segmentation ?? {}])), said };
}
