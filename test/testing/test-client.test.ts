import { afterEach, describe, expect, it } from 'vitest';
import { registeredClient } from '../../lib/scope/current.js';
import { createTestClient, type TestClient } from '../../lib/testing/test-client.js';

let countly: TestClient | undefined;
afterEach(() => countly?.close());

describe('createTestClient', () => {
  it('records without a server and tells events as the server would get them', async () => {
    countly = createTestClient();
    countly.client.device('u1').addEvent('order', { sum: 9.5, segmentation: { plan: 'pro' } });
    expect(await countly.events()).toEqual([
      {
        key: 'order',
        id: expect.any(String),
        count: 1,
        sum: 9.5,
        segmentation: { plan: 'pro' },
        timestamp: expect.any(Number),
        hour: expect.any(Number),
        dow: expect.any(Number),
      },
    ]);
  });

  it('is found by decorated code until it is closed', async () => {
    countly = createTestClient();
    expect(registeredClient()).toBe(countly.client);
    await countly.close();
    expect(registeredClient()).toBeUndefined();
  });

  it('measures with a clock that only the test moves', async () => {
    countly = createTestClient();
    const timed = countly.client.device('u1').startEvent('checkout');
    countly.clock.advance(1250);
    timed.end();
    expect((await countly.events())[0]).toMatchObject({ key: 'checkout', dur: 1.25 });
  });

  it('tells other requests by the parameter that makes them', async () => {
    countly = createTestClient();
    countly.client.logError(new TypeError('x is undefined'));
    const [crash] = await countly.requests('crash');
    expect(crash).toMatchObject({ _name: 'TypeError: x is undefined', _nonfatal: true });
  });
});
