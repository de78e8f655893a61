import { type AddressInfo, createServer, type Server } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Countly, silentLogger as logger } from 'countly-weave';
import { CountlyModule } from 'countly-weave/nest';

// A server that takes connections and never answers. The hooks have the five seconds that Jest gives them.
let server: Server;
beforeAll((done) => {
  server = createServer(() => {}).listen(0, '127.0.0.1', done);
});
afterAll(() => void server.close());
const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

describe('an application', () => {
  let app: INestApplication;
  beforeEach(async () => {
    const imports = [CountlyModule.forRoot({ url: url(), appKey: 'shop', logger })];
    app = (await Test.createTestingModule({ imports }).compile()).createNestApplication({ logger: false });
    await app.init();
  });
  afterEach(() => app.close());

  it('closes within a hook', () => {
    app.get(Countly).addEvent('order');
  });
});

describe('a client', () => {
  let countly: Countly;
  beforeEach(() => {
    countly = Countly.init({ url: url(), appKey: 'worker', logger });
  });
  afterEach(async () => {
    const { delivered, pending } = await countly.close();
    expect([delivered, pending]).toEqual([0, 1]);
  });

  it('closes within a hook', () => {
    countly.addEvent('order');
  });
});
