import 'reflect-metadata';
import { Countly } from 'countly-weave';
import { OrderQueue } from './order-queue.js';
import { ParcelService } from './parcel-service.js';

const ORDERS = new URL('../../data/orders.jsonl', import.meta.url);

/** Ships what waits in the queue. All there is to do for Countly: `init` at the start and `close` at the end. */
async function main(): Promise<void> {
  const countly = Countly.init({
    url: process.env['COUNTLY_URL'] || 'http://127.0.0.1:6010',
    appKey: process.env['COUNTLY_APP_KEY'] || 'sample-shop',
    appVersion: '1.0.0',
    deviceId: 'parcel-worker',
    storagePath: process.env['COUNTLY_STORAGE_PATH'] || undefined,
    trackErrors: true,
    handleSignals: true,
  });
  const parcels = new ParcelService();
  let shipped = 0;
  let failed = 0;
  for await (const shipment of new OrderQueue(process.argv[2] ?? ORDERS).shipments()) {
    try {
      await parcels.ship(shipment);
      shipped++;
    } catch {
      failed++;
    }
  }
  await countly.close();
  const { delivered, pending } = countly.stats();
  console.log(`Shipped ${shipped} orders, ${failed} failed. Countly: delivered ${delivered}, pending ${pending}.`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
