import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Countly, silentLogger as logger } from 'countly-weave';
import { createTestClient } from 'countly-weave/testing';
import { Cart } from './cart';

let server: Server;
let bodies: string[];
beforeAll((done) => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => {
      body += part.toString();
    });
    request.on('end', () => {
      bodies.push(body);
      response.end('{"result":"Success"}');
    });
  }).listen(0, '127.0.0.1', done);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  bodies = [];
});
afterEach(() => {
  jest.useRealTimers();
});

function start(name: string): Countly {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Countly.init({ url, appKey: name, name, durability: 'memory', logger });
}

describe('with all of Jest’s fake timers', () => {
  it('a client made before delivers and closes', async () => {
    const countly = start('before');
    jest.useFakeTimers();
    countly.addEvent('order');
    expect(await countly.flush()).toMatchObject({ pending: 0 });
    countly.addEvent('order');
    expect(await countly.close()).toMatchObject({ pending: 0 });
  });

  it('a client made after delivers and closes', async () => {
    jest.useFakeTimers({ now: new Date('2026-01-01') });
    const countly = start('after');
    countly.addEvent('order');
    expect(await countly.close()).toMatchObject({ pending: 0 });
    expect(bodies.join('')).toContain('order');
  });

  it('a client whose server does not answer closes in time', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((done) => silent.once('listening', done));
    jest.useFakeTimers({ advanceTimers: false });
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const countly = Countly.init({ url, appKey: 'silent', name: 'silent', durability: 'memory', logger });
    countly.addEvent('order');
    expect(await countly.close({ timeout: 200 })).toMatchObject({ delivered: 0, pending: 1 });
    silent.closeAllConnections();
    silent.close();
  });

  it('decorators record, and the legacy timers do no harm either', async () => {
    for (const options of [{}, { legacyFakeTimers: true }] as const) {
      jest.useFakeTimers(options);
      const test = createTestClient();
      new Cart().add('sku-1');
      expect((await test.events()).map(({ key }) => key)).toEqual(['item_added']);
      await test.close();
      jest.useRealTimers();
    }
  });
});

it('a date of another realm is a date', async () => {
  const other = require('node:vm').runInNewContext('new Date(0)') as Date;
  expect(other instanceof Date).toBe(false);
  const test = createTestClient();
  test.client.addEvent('order', { segmentation: { at: other as never, since: new Date(0) as never } });
  expect((await test.events())[0]?.segmentation).toEqual({
    at: '1970-01-01T00:00:00.000Z',
    since: '1970-01-01T00:00:00.000Z',
  });
  await test.close();
});
