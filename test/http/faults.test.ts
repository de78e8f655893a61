import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { json, listen, SUCCESS, startServer } from './support/http-server.js';
import { rawAnswer, startRaw } from './support/raw-server.js';
import { openTransport, REQUEST } from './support/transport.js';

const SHORT = 300;
/** What a busy machine may add. */
const SLACK = 2000;

async function timed<T>(work: Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  return [await work, performance.now() - start];
}

/** Until the pool has taken its connections back. */
async function idle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a server that does not answer', () => {
  const hangs = {
    'says nothing': () => {},
    'stops in the middle of the head': ({ socket }: { socket: import('node:net').Socket }) =>
      void socket.write('HTTP/1.1 200 OK\r\ncontent-ty'),
    'stops in the middle of the body': ({ socket }: { socket: import('node:net').Socket }) =>
      void socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n${SUCCESS.slice(0, 9)}`),
    'sends a byte of the body now and then': ({ socket }: { socket: import('node:net').Socket }) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n');
      const timer = setInterval(() => socket.write(' '), 10);
      socket.once('close', () => clearInterval(timer));
    },
  };
  for (const [name, answer] of Object.entries(hangs)) {
    test(`${name}: the request ends at its deadline`, async () => {
      const server = await startRaw(answer);
      const transport = openTransport({ url: server.url, requestTimeoutMs: SHORT });
      const [delivery, ms] = await timed(transport.send(REQUEST));
      expect(delivery).toEqual({ kind: 'retry', reason: `no answer within ${SHORT} ms` });
      // The loop counts from the turn it began, which loading may make long.
      expect(ms).toBeGreaterThan(SHORT / 2);
      expect(ms).toBeLessThan(SHORT + SLACK);
      expect(server.seen).toHaveLength(1);
    });
  }

  test('the next request is not sent over the hanging connection', async () => {
    const server = await startRaw(({ socket, connection }) => {
      if (connection === 2) socket.write(rawAnswer(SUCCESS));
    });
    const transport = openTransport({ url: server.url, requestTimeoutMs: SHORT, connections: 1 });
    expect(await transport.send(REQUEST)).toMatchObject({ kind: 'retry' });
    expect(await transport.send(REQUEST)).toEqual({ kind: 'delivered' });
  });

  test('a request that waited in vain for a free connection is never sent late', async () => {
    const server = await startServer((request, response) => {
      if (request.body === 'third') json(response, 200, SUCCESS);
    });
    const transport = openTransport({ url: server.url, connections: 1, requestTimeoutMs: SHORT });
    const begun = performance.now();
    const both = ['first', 'second'].map((body) => transport.send({ ...REQUEST, body }));
    await expect.poll(() => server.seen.length, { interval: 1 }).toBe(1);
    // Both deadlines pass while nothing else can run, so that none of the two is a millisecond ahead.
    while (performance.now() < begun + SHORT + 5);
    expect(await Promise.all(both)).toMatchObject([{ kind: 'retry' }, { kind: 'retry' }]);
    expect(await transport.send({ ...REQUEST, body: 'third' })).toEqual({ kind: 'delivered' });
    expect(server.seen.map((request) => request.body)).toEqual(['first', 'third']);
  });

  test('an answer before the request was read to its end counts, and the connection goes', async () => {
    const early = createServer((socket) =>
      socket.once('data', () => socket.pause().write(rawAnswer('', '413 Too Large'))),
    );
    const { port, connections } = await listen(early);
    const transport = openTransport({ url: `http://127.0.0.1:${port}`, requestTimeoutMs: 3000, connections: 1 });
    const large = { ...REQUEST, body: 'x'.repeat(30_000_000) };
    expect(await transport.send(large)).toMatchObject({ kind: 'split' });
    expect(await transport.send(large)).toMatchObject({ kind: 'split' });
    expect(connections()).toBe(2);
  });

  test('a slow answer within the deadline counts', async () => {
    const server = await startServer((_request, response) => setTimeout(() => json(response, 200, SUCCESS), 100));
    const transport = openTransport({ url: server.url, requestTimeoutMs: 2000 });
    expect(await transport.send(REQUEST)).toEqual({ kind: 'delivered' });
  });
});

describe('a broken connection', () => {
  test('refused', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const transport = openTransport({ url: `http://127.0.0.1:${port}` });
    expect(await transport.send(REQUEST)).toEqual({
      kind: 'retry',
      reason: 'connection refused (ECONNREFUSED)',
      unreachable: true,
    });
  });

  test('a host name nobody knows', async () => {
    const transport = openTransport({ url: 'http://nonexistent.invalid' });
    const delivery = await transport.send(REQUEST);
    expect(delivery).toEqual({
      kind: 'retry',
      reason: expect.stringMatching(/^host name .*\((ENOTFOUND|EAI_AGAIN)\)$/),
      unreachable: true,
    });
  });

  test('cut in the middle of the body: no success, also when the head said 200', async () => {
    const server = await startRaw(({ socket }) => {
      socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n${SUCCESS.slice(0, 9)}`);
    });
    const transport = openTransport({ url: server.url });
    expect(await transport.send(REQUEST)).toEqual({ kind: 'retry', reason: expect.stringMatching(/was cut/) });
    expect(server.seen).toHaveLength(1);
  });

  test('an answer that is no HTTP', async () => {
    const server = await startRaw(({ socket }) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    const transport = openTransport({ url: server.url });
    expect(await transport.send(REQUEST)).toMatchObject({
      kind: 'retry',
      reason: expect.stringMatching(/^network error/),
    });
  });

  test('an endless answer is dropped long before the deadline', async () => {
    const server = await startServer((_request, response) => {
      const chunk = Buffer.alloc(65_536, 0x20);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more);
      more();
    });
    const transport = openTransport({ url: server.url, requestTimeoutMs: 10_000 });
    const [delivery, ms] = await timed(transport.send(REQUEST));
    expect(delivery).toMatchObject({
      kind: 'retry',
      reason: expect.stringMatching(/not the answer of a Countly server/),
    });
    expect(ms).toBeLessThan(6000);
  });
});

describe('a kept-alive connection', () => {
  test('is used again', async () => {
    const server = await startServer((_request, response) => json(response, 200, SUCCESS));
    const transport = openTransport({ url: server.url, connections: 1 });
    for (let i = 0; i < 5; i++) await transport.send(REQUEST);
    expect(server.connections()).toBe(1);
  });

  for (const [how, end] of [
    ['closed', 'end'],
    ['reset', 'resetAndDestroy'],
  ] as const) {
    test(`that the server ${how} while idle costs one immediate repetition of the same bytes`, async () => {
      const server = await startRaw(({ socket, nth, connection }) => {
        if (nth === 1 || connection === 2) socket.write(rawAnswer(SUCCESS));
        else socket[end]();
      });
      const transport = openTransport({ url: server.url, connections: 1 });
      expect(await transport.send(REQUEST)).toEqual({ kind: 'delivered' });
      expect(await transport.send({ ...REQUEST, body: '{"second":1}' })).toEqual({ kind: 'delivered' });
      expect(server.connections()).toBe(2);
      expect(server.seen).toHaveLength(3);
      expect(server.seen[2]).toBe(server.seen[1]);
    });
  }

  test('is repeated no more than once, also when the repetition met another dead connection', async () => {
    const resets: string[] = [];
    let resetFirst = () => {};
    const server = await startRaw(({ socket, nth, connection, text }) => {
      const body = text.slice(text.indexOf('{'));
      if (nth === 1 || body === '{"slow":1}') {
        setTimeout(() => socket.write(rawAnswer(SUCCESS)), 30);
        return;
      }
      resets.push(`${connection} ${body}`);
      if (resets.length === 1) resetFirst = () => socket.resetAndDestroy();
      else socket.resetAndDestroy();
    });
    const transport = openTransport({ url: server.url, connections: 2 });
    await Promise.all([transport.send(REQUEST), transport.send(REQUEST)]);
    await idle();
    const slow = transport.send({ ...REQUEST, body: '{"slow":1}' });
    const reset = transport.send({ ...REQUEST, body: '{"reset":1}' });
    expect(await slow).toEqual({ kind: 'delivered' });
    await idle();
    // The repetition finds the other connection idle, which has answered before and is dead as well.
    resetFirst();
    expect(await reset).toEqual({ kind: 'retry', reason: 'connection was cut (ECONNRESET)' });
    expect(resets.sort()).toEqual(['1 {"reset":1}', '2 {"reset":1}']);
    expect(server.connections()).toBe(2);
  });

  test('a reset of a fresh connection is not repeated', async () => {
    const server = await startRaw(({ socket }) => socket.resetAndDestroy());
    const transport = openTransport({ url: server.url });
    expect(await transport.send(REQUEST)).toMatchObject({ kind: 'retry' });
    expect(server.seen).toHaveLength(1);
    expect(server.connections()).toBe(1);
  });

  test('a reset after the first byte of the answer is not repeated', async () => {
    const server = await startRaw(({ socket, nth }) => {
      if (nth === 1) socket.write(rawAnswer(SUCCESS));
      else socket.end('HTTP/1.1 200');
    });
    const transport = openTransport({ url: server.url, connections: 1 });
    await transport.send(REQUEST);
    expect(await transport.send(REQUEST)).toMatchObject({ kind: 'retry' });
    expect(server.seen).toHaveLength(2);
  });

  test('the repetition shares the deadline of the request', async () => {
    const server = await startRaw(({ socket, nth, connection }) => {
      if (connection === 1 && nth === 1) socket.write(rawAnswer(SUCCESS));
      else if (connection === 1) setTimeout(() => socket.end(), 500);
    });
    const transport = openTransport({ url: server.url, requestTimeoutMs: 700, connections: 1 });
    await transport.send(REQUEST);
    const [delivery, ms] = await timed(transport.send(REQUEST));
    expect(delivery).toEqual({ kind: 'retry', reason: 'no answer within 700 ms' });
    expect(ms).toBeLessThan(1100);
    expect(server.seen).toHaveLength(3);
  });

  test('goes before the server closes it after 5 s', async () => {
    const ended: number[] = [];
    const server = createServer((socket) => {
      const start = performance.now();
      socket.on('end', () => ended.push(performance.now() - start)).on('error', () => {});
      socket.on('data', () => socket.write(rawAnswer(SUCCESS)));
    });
    const { port } = await listen(server);
    const transport = openTransport({ url: `http://127.0.0.1:${port}` });
    await transport.send(REQUEST);
    await expect.poll(() => ended.length, { timeout: 6000, interval: 50 }).toBe(1);
    expect(ended[0]).toBeGreaterThan(3000);
    expect(ended[0]).toBeLessThan(4900);
  });
});

test('no more connections than configured, and all requests are served', async () => {
  let now = 0;
  let most = 0;
  const server = await startServer((_request, response) => {
    most = Math.max(most, ++now);
    setTimeout(() => {
      now -= 1;
      json(response, 200, SUCCESS);
    }, 10);
  });
  const transport = openTransport({ url: server.url, connections: 3 });
  const deliveries = await Promise.all(Array.from({ length: 30 }, () => transport.send(REQUEST)));
  expect(deliveries).toEqual(Array.from({ length: 30 }, () => ({ kind: 'delivered' })));
  expect(most).toBe(3);
  expect(server.connections()).toBe(3);
});

describe('closing', () => {
  test('ends requests under way, refuses later ones, and may be repeated', async () => {
    const server = await startRaw(() => {});
    const transport = openTransport({ url: server.url });
    const pending = transport.send(REQUEST);
    await expect.poll(() => server.seen.length).toBe(1);
    await Promise.all([transport.close(), transport.close()]);
    const closed = { kind: 'retry', reason: 'the transport was closed' };
    expect(await pending).toEqual(closed);
    expect(await transport.send(REQUEST)).toEqual(closed);
    expect(await transport.query(REQUEST)).toEqual({ ok: false, status: 0, message: 'the transport was closed' });
    await transport.close();
    expect(server.seen).toHaveLength(1);
  });

  test('ends requests that wait for a connection, and opens none for them', async () => {
    const server = await startRaw(() => {});
    const transport = openTransport({ url: server.url, connections: 1 });
    const pending = [1, 2, 3].map(() => transport.send(REQUEST));
    await expect.poll(() => server.seen.length).toBe(1);
    await transport.close();
    expect(await Promise.all(pending)).toEqual(Array(3).fill({ kind: 'retry', reason: 'the transport was closed' }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.connections()).toBe(1);
  });

  test('gives up a connection under construction', async () => {
    let closed = 0;
    const server = createServer((socket) => socket.resume().on('close', () => (closed += 1)));
    const { port, connections } = await listen(server);
    const transport = openTransport({ url: `https://127.0.0.1:${port}` });
    const pending = transport.send(REQUEST);
    await expect.poll(() => connections()).toBe(1);
    await transport.close();
    expect(await pending).toEqual({ kind: 'retry', reason: 'the transport was closed' });
    await expect.poll(() => closed, { timeout: SLACK }).toBe(1);
  });

  test('closes idle connections at once', async () => {
    let ended = 0;
    const server = await startServer((_request, response) => json(response, 200, SUCCESS));
    server.server.on('connection', (socket) => socket.once('close', () => (ended += 1)));
    const transport = openTransport({ url: server.url });
    await transport.send(REQUEST);
    await transport.close();
    await expect.poll(() => ended, { timeout: SLACK }).toBe(1);
  });
});
