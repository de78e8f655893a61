import { expect, it } from 'vitest';
import { recorded } from '../support/recorded.js';

it('says whether things move', async () => {
  const test = recorded();
  expect(test.client.stats()).toMatchObject({ lastDeliveryAt: undefined, oldestPendingAge: undefined });
  test.client.addEvent('first');
  test.clock.advance(300);
  test.client.addEvent('second');
  expect(test.client.stats()).toMatchObject({ lastDeliveryAt: undefined, oldestPendingAge: 300 });
  await test.client.flush();
  const deliveredAt = test.clock.now();
  expect(test.client.stats()).toMatchObject({ lastDeliveryAt: deliveredAt, oldestPendingAge: undefined });

  test.transport.answer({ kind: 'retry', reason: 'gone' });
  test.client.addEvent('third');
  test.clock.advance(100);
  const flushed = test.client.flush({ timeout: 50 });
  test.clock.advance(50);
  await flushed;
  expect(test.client.stats()).toMatchObject({ lastDeliveryAt: deliveredAt, oldestPendingAge: 150 });
  test.transport.answer({ kind: 'delivered' });
  test.clock.advance(60_000);
  await test.close();
});
