import { Countly } from 'countly-weave';
import { expect, it } from 'vitest';
import { Cart } from './cart.js';

it('what a decorated class records reaches a server', async () => {
  // Address and key come from the environment.
  const client = Countly.init({});
  client.run({ deviceId: 'ann' }, () => new Cart().add('sku-1'));
  expect(await client.flush()).toMatchObject({ delivered: 1, pending: 0, dropped: 0 });
  await client.close();
});
