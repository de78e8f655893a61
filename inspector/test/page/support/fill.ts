import type { TestInspector } from '../../support/use-inspector.js';

const CRASH = {
  _os: 'Linux',
  _app_version: '2.3.1',
  _name: 'PaymentError: declined',
  _error: 'PaymentError: declined\n    at Checkout.pay (/srv/checkout.ts:12:3)',
  _nonfatal: true,
  _logs: 'opened the cart\ncharging €64.90',
};

/** A little of everything: ann buys, fails and buys again; bob looks around. */
export async function fill(server: TestInspector): Promise<void> {
  await server.begin({ user_details: { name: 'Ann', email: 'ann@example.test' } });
  await server.events(
    { key: '[CLY]_view', count: 1, segmentation: { name: '/cart', visit: 1, start: 1 } },
    { key: 'checkout', count: 1, sum: 64.9, dur: 0.2, segmentation: { currency: 'EUR' } },
    { key: 'checkout', count: 1, sum: 12, dur: 0.4, segmentation: { currency: 'EUR' } },
  );
  await server.send({ crash: CRASH });
  await server.send({ crash: CRASH });
  const stz = server.next();
  await server.send({ apm: { type: 'device', name: 'load_cart', apm_metrics: { duration: 20 }, stz, etz: stz + 20 } });
  await server.send(
    {
      events: [
        { key: 'search', count: 1, segmentation: { words: 'lamp', found: 3 } },
        { key: 'checkout', count: 1, sum: 3, segmentation: { currency: 'USD' } },
      ],
    },
    'bob',
  );
}
