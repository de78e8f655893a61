import { Countly } from 'countly-weave';
import { Checkout } from './checkout.js';
import type { Order } from './order.js';

const countly = Countly.init({
  url: process.env['COUNTLY_URL'] ?? 'http://127.0.0.1:6010',
  appKey: process.env['COUNTLY_APP_KEY'] ?? 'example-plain',
});
const checkout = new Checkout();
const order: Order = { item: 'lamp', pieces: 2, price: 12.5, email: 'ann@example.test' };

// Each person in a scope of their own; what the methods record belongs to whoever is being served.
await countly.run({ deviceId: 'ann' }, () => checkout.pay(order));
await countly.run({ deviceId: 'bob' }, () => checkout.pay({ ...order, pieces: 0 })).catch(() => undefined);

const { delivered, pending } = await countly.flush();
await countly.close();
console.log(`delivered ${delivered}, pending ${pending}`);
