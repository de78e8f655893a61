import { Test } from '@nestjs/testing';
import { Countly } from 'countly-weave';
import request from 'supertest';
import { expect, it } from 'vitest';
import { AppModule } from '../orders.js';

it('the application reports to the server in COUNTLY_URL', async () => {
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const app = module.createNestApplication({ logger: false });
  await app.init();
  await request(app.getHttpServer()).post('/orders').set('x-visitor-id', 'ada').send({ items: 2 }).expect(201);
  expect(await app.get(Countly).flush()).toMatchObject({ pending: 0, dropped: 0 });
  await app.close();
});
