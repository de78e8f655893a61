import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileTransport, removeCompiled, runChild } from './support/child.js';
import { json, listen, SUCCESS, startServer } from './support/http-server.js';
import { startProxy } from './support/proxy.js';
import { rawAnswer, startRaw } from './support/raw-server.js';

beforeAll(compileTransport);
afterAll(removeCompiled);

// Well below what would hold the process otherwise (4 s for an idle connection, 30 s for a request), and generous for a
// busy machine: V8 finishes compiling undici's parser before it lets a process end.
const SOON = 3000;

function quoted(value: string): string {
  return JSON.stringify(value);
}

describe('the process ends by itself', () => {
  test('with an idle connection', async () => {
    let cut = 0;
    const server = await startServer((_request, response) => json(response, 200, SUCCESS));
    server.server.on('connection', (socket) => socket.once('close', () => (cut += 1)));
    const ended = await runChild(`
      const transport = createHttpTransport({ url: ${quoted(server.url)} });
      const hold = setTimeout(() => console.log('waited in vain'), 3000);
      transport.send(request).then((delivery) => { clearTimeout(hold); console.log(delivery.kind); });
    `);
    expect(ended).toMatchObject({ code: 0, lines: ['delivered'], errors: '' });
    expect(ended.ms).toBeLessThan(SOON);
    await expect.poll(() => cut).toBe(1);
  });

  // While it tries the addresses of a name in turn, Node replaces the handle of the connecting socket.
  test.each([
    ['one address', ['127.0.0.1']],
    ['several addresses', ['::1', '127.0.0.1']],
  ])('with a request that nobody answers, to a host with %s', async (_name, addresses) => {
    const server = await startRaw(() => {});
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    const ended = await runChild(`
      const lookup = (name, options, done) => done(null, ${JSON.stringify(found)});
      const transport = createHttpTransport({ url: 'http://countly.invalid:${server.port}', tls: { lookup } });
      transport.send(request).then(() => console.log('answered'));
      setTimeout(() => console.log('host is done'), 200);
    `);
    expect(ended).toMatchObject({ code: 0, lines: ['host is done'], errors: '' });
    expect(ended.ms).toBeLessThan(SOON);
    expect(server.seen).toHaveLength(1);
  });

  test('with a request that nobody answers over a connection used before', async () => {
    const server = await startRaw(({ socket, nth }) => {
      if (nth === 1) socket.write(rawAnswer(SUCCESS));
    });
    const ended = await runChild(`
      const transport = createHttpTransport({ url: ${quoted(server.url)}, connections: 1 });
      transport.send(request).then((delivery) => {
        console.log(delivery.kind);
        setTimeout(() => transport.send(request).then(() => console.log('answered')), 50);
      });
      setTimeout(() => console.log('host is done'), 300);
    `);
    expect(ended).toMatchObject({ code: 0, lines: ['delivered', 'host is done'], errors: '' });
    expect(ended.ms).toBeLessThan(SOON);
    expect(server.seen).toHaveLength(2);
    expect(server.connections()).toBe(1);
  });

  test('with an answer that trickles', async () => {
    const server = await startRaw(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n');
      const timer = setInterval(() => socket.write(' '), 10);
      socket.once('close', () => clearInterval(timer));
    });
    const ended = await runChild(`
      createHttpTransport({ url: ${quoted(server.url)} }).send(request).then(() => console.log('answered'));
      setTimeout(() => console.log('host is done'), 200);
    `);
    expect(ended).toMatchObject({ code: 0, lines: ['host is done'] });
    expect(ended.ms).toBeLessThan(SOON);
  });

  test('with a TLS handshake or a tunnel that does not come about', async () => {
    const silent = await listen(createServer(() => {}));
    const proxy = await startProxy(1, 'hangs');
    const ended = await runChild(`
      createHttpTransport({ url: 'https://127.0.0.1:${silent.port}' }).send(request);
      createHttpTransport({ url: 'https://countly.invalid', proxy: ${quoted(proxy.url)} }).send(request);
      setTimeout(() => console.log('host is done'), 200);
    `);
    expect(ended).toMatchObject({ code: 0, lines: ['host is done'] });
    expect(ended.ms).toBeLessThan(SOON);
    expect(silent.connections()).toBe(1);
    expect(proxy.connections()).toBe(1);
  });
});

test('a request completes as long as somebody else holds the process', async () => {
  const server = await startServer((_request, response) => setTimeout(() => json(response, 200, SUCCESS), 300));
  const ended = await runChild(`
    const transport = createHttpTransport({ url: ${quoted(server.url.replace('127.0.0.1', 'localhost'))} });
    const hold = setTimeout(() => console.log('waited in vain'), 5000);
    (async () => {
      for (let i = 0; i < 3; i++) console.log((await transport.send(request)).kind);
      clearTimeout(hold);
    })();
  `);
  expect(ended).toMatchObject({ code: 0, lines: ['delivered', 'delivered', 'delivered'], errors: '' });
  expect(ended.ms).toBeLessThan(900 + SOON);
});

test('nothing becomes an unhandled rejection, and the exit code stays', async () => {
  const cutting = await startRaw(({ socket }) => socket.resetAndDestroy());
  const silent = await startRaw(() => {});
  const ended = await runChild(`
    process.on('unhandledRejection', () => console.log('unhandled'));
    const urls = [${quoted(cutting.url)}, ${quoted(silent.url)}, 'http://127.0.0.1:1', 'http://nonexistent.invalid'];
    const transports = urls.map((url) => createHttpTransport({ url, requestTimeoutMs: 300, env: {} }));
    for (const transport of transports) { transport.send(request); transport.query(request); }
    setTimeout(() => transports.map((transport) => transport.close()), 150);
    setTimeout(() => console.log('host is done'), 400);
  `);
  expect(ended).toMatchObject({ code: 0, lines: ['host is done'], errors: '' });
});

test("the host's own fetch keeps its own dispatcher", async () => {
  const ended = await runChild(`
    const found = () => [1, 2].map((n) => globalThis[Symbol.for('undici.globalDispatcher.' + n)] === undefined);
    createHttpTransport({ url: 'http://127.0.0.1:1' });
    console.log(JSON.stringify(found()));
    console.log(Object.keys(require.cache).filter((file) => file.includes('undici/index.js')).length);
  `);
  expect(ended).toMatchObject({ code: 0, lines: ['[true,true]', '0'], errors: '' });
});
