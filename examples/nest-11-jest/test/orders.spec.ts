import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { overrideCountly } from 'countly-weave/nest/testing';
import { type CountlyMatchers, countlyMatchers, type TestClient } from 'countly-weave/testing';
import { AppModule } from '../src/app.module.js';

declare global {
  namespace jest {
    interface Matchers<R, T> extends CountlyMatchers {}
  }
}
expect.extend({ ...countlyMatchers });

describe('the shop', () => {
  let app: INestApplication;
  let countly: TestClient;
  let url: string;

  beforeEach(async () => {
    const builder = Test.createTestingModule({ imports: [AppModule] });
    countly = overrideCountly(builder);
    app = (await builder.compile()).createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });

  afterEach(async () => {
    await app.close();
    await countly.close();
  });

  const place = (visitor: string, pieces: number) =>
    fetch(`${url}/orders`, {
      method: 'POST',
      headers: { 'x-visitor-id': visitor, 'content-type': 'application/json' },
      body: JSON.stringify({ item: 'lamp', pieces, email: 'ann@example.test' }),
    });

  it('counts an order under whoever placed it, without the e-mail', async () => {
    expect(await (await place('ann', 2)).json()).toEqual({ total: 25 });
    await expect(countly).toHaveTimed('order_placed', {
      deviceId: 'ann',
      sum: 25,
      segmentation: { item: 'lamp', pieces: 2 },
    });
  });

  it('reports what breaks, and answers as Nest does', async () => {
    expect((await place('bob', 101)).status).toBe(500);
    await expect(countly).toHaveReported(/cannot count so far/, { deviceId: 'bob' });
    await expect(countly).not.toHaveTracked('order_placed');
  });

  it('knows a browser again by its cookie', async () => {
    const first = await fetch(`${url}/orders`);
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    const second = await fetch(`${url}/orders`, { headers: { cookie } });
    const { visitor } = await first.json();
    expect(visitor).toMatch(/^[0-9a-f-]{36}$/);
    expect(await second.json()).toEqual({ visitor });
  });
});
