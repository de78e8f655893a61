import { Test } from '@nestjs/testing';
import { startInspector } from 'countly-inspector';
import { Countly } from 'countly-weave';
import { CountlyModule, fromHeader } from 'countly-weave/nest';
import request from 'supertest';
import { expect, it } from 'vitest';
import { OrdersController } from './orders.js';

it('an order reaches the server, which takes all of it', async () => {
  const inspector = await startInspector({ port: 0, database: ':memory:' });
  const countly = CountlyModule.forRoot({
    url: inspector.url,
    appKey: 'ci',
    deviceId: fromHeader('x-visitor-id'),
    durability: 'memory',
  });
  const module = await Test.createTestingModule({ imports: [countly], controllers: [OrdersController] }).compile();
  const app = module.createNestApplication({ logger: false });
  await app.init();

  await request(app.getHttpServer()).post('/orders').set('x-visitor-id', 'ada').send({ items: 2 }).expect(201);
  await app.get(Countly).flush();

  expect(inspector.query('SELECT device_id, key FROM events')).toEqual([{ device_id: 'ada', key: 'order_placed' }]);
  expect(inspector.query('SELECT message FROM problems')).toEqual([]);
  await app.close();
  await inspector.close();
});
