import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { overrideCountly } from 'countly-weave/nest/testing';
import { type CountlyMatchers, countlyMatchers, type TestClient } from 'countly-weave/testing';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppModule } from './orders.js';

declare module 'vitest' {
  interface Matchers extends CountlyMatchers {}
}
expect.extend({ ...countlyMatchers });

describe('orders', () => {
  let app: INestApplication;
  let countly: TestClient;

  beforeEach(async () => {
    const builder = Test.createTestingModule({ imports: [AppModule] });
    countly = overrideCountly(builder);
    app = (await builder.compile()).createNestApplication({ logger: false });
    await app.init();
  });

  afterEach(async () => {
    await app.close();
    await countly.close();
  });

  it('are tracked for the visitor who places them', async () => {
    await request(app.getHttpServer()).post('/orders').set('x-visitor-id', 'ada').send({ items: 2 }).expect(201);
    await expect(countly).toHaveTracked('order_placed', { deviceId: 'ada', segmentation: { items: 2 }, times: 1 });
  });

  it('are reported when they fail, and not tracked', async () => {
    await request(app.getHttpServer()).post('/orders').set('x-visitor-id', 'bob').send({ items: 101 }).expect(500);
    await expect(countly).toHaveReported('too many items', { deviceId: 'bob' });
    await expect(countly).not.toHaveTracked('order_placed');
  });
});
