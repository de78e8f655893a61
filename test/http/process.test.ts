import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { compileTransport, removeCompiled, runChild } from './support/child.js';
import { json, listen, SUCCESS, startServer } from './support/http-server.js';
import { startProxy } from './support/proxy.js';
import { rawAnswer, startRaw } from './support/raw-server.js';

beforeAll(compileTransport);
afterAll(removeCompiled);

// Well below what would hold the process otherwise (4 s for an idle connection, 30 s for a request), and generous for a
// busy machine.
const SOON = 3000;

async function connectTo(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

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

  test('with a connection that does not come about, when its time is over', async () => {
    // Its queue takes two connections, and it accepts none: the third hangs in the handshake of TCP.
    const busy = spawn(process.execPath, [
      '-e',
      `const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
        require('node:fs').writeSync(1, String(server.address().port));
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 12_000);
      });`,
    ]);
    onTestFinished(() => void busy.kill('SIGKILL'));
    const [port] = (await once(busy.stdout, 'data')) as [Buffer];
    const waiting = await Promise.all([1, 2].map(() => connectTo(Number(port))));
    const ended = await runChild(`
      const transport = createHttpTransport({ url: 'http://127.0.0.1:${port}', connectTimeoutMs: 1000 });
      transport.send(request).then((delivery) => console.log(delivery.reason));
      setTimeout(() => console.log('host is done'), 200);
    `);
    for (const socket of waiting) socket.destroy();
    // The operating system's pending call holds the process until then, whatever Node is told.
    expect(ended).toMatchObject({ code: 0, lines: ['host is done', 'no connection within 1000 ms'], errors: '' });
    expect(ended.ms).toBeLessThan(1000 + SOON);
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

test("the host's own HTTP stays as it is", async () => {
  const server = await startServer((_request, response) => json(response, 200, SUCCESS));
  const ended = await runChild(`
    const http = require('node:http');
    const state = () => [http.request, http.globalAgent, fetch, JSON.stringify(http.globalAgent.options),
      globalThis[Symbol.for('undici.globalDispatcher.1')], globalThis[Symbol.for('undici.globalDispatcher.2')]];
    const before = state();
    http.request = () => { throw new Error('a tracer would have seen this'); };
    const hold = setTimeout(() => {}, 3000);
    createHttpTransport({ url: ${quoted(server.url)} }).send(request).then((delivery) => {
      clearTimeout(hold);
      before[0] = http.request;
      console.log(delivery.kind, state().every((value, at) => value === before[at]), http.globalAgent.requests.length);
    });
  `);
  expect(ended).toMatchObject({ code: 0, lines: ['delivered true undefined'], errors: '' });
});

test('the modules of Node are loaded when they are needed', async () => {
  const server = await startServer((_request, response) => json(response, 200, SUCCESS));
  const ended = await runChild(`
    const loaded = () => ['http', 'https', 'tls', 'zlib'].filter((name) => process.moduleLoadList.includes('NativeModule ' + name));
    const plain = createHttpTransport({ url: ${quoted(server.url)} });
    const secure = createHttpTransport({ url: 'https://127.0.0.1:1' });
    console.log('before:', ...loaded());
    const hold = setTimeout(() => {}, 3000);
    (async () => {
      await plain.send(request);
      console.log('http:', ...loaded());
      await secure.send(request);
      console.log('https:', ...loaded());
      clearTimeout(hold);
    })();
  `);
  expect(ended.lines).toEqual(['before:', 'http: http', 'https: http https tls']);
});
