import { networkInterfaces } from 'node:os';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createHttpTransport } from '../../lib/http/http-transport.js';
import { json, SUCCESS, startServer } from './support/http-server.js';
import { openTransport, REQUEST } from './support/transport.js';

describe('a request', () => {
  test('is posted with its exact bytes, type and agent', async () => {
    const server = await startServer((_request, response) => json(response, 200, SUCCESS));
    const transport = openTransport({ url: server.url });
    const body = '{"app_key":"KEY","name":"Zoë 😀"}';
    expect(await transport.send({ ...REQUEST, query: 'checksum256=ab', body })).toEqual({ kind: 'delivered' });
    const [seen] = server.seen;
    expect(seen).toMatchObject({ method: 'POST', url: '/i?checksum256=ab', body });
    expect(seen?.headers).toMatchObject({
      host: `127.0.0.1:${server.port}`,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': expect.stringMatching(/^typescript-weave\/\d+\.\d+\.\d+$/),
    });
    expect(seen?.headers).not.toHaveProperty('content-encoding');
    expect(seen?.headers).not.toHaveProperty('authorization');
  });

  test('may carry bytes', async () => {
    const bytes = new Uint8Array([0x7b, 0xff, 0x00, 0x7d]);
    const received: Buffer[] = [];
    const server = await startServer((_request, response) => json(response, 200, SUCCESS));
    server.server.prependListener('request', (request) => request.on('data', (chunk: Buffer) => received.push(chunk)));
    const transport = openTransport({ url: server.url });
    expect(await transport.send({ ...REQUEST, body: bytes })).toEqual({ kind: 'delivered' });
    expect(Buffer.concat(received)).toEqual(Buffer.from(bytes));
    expect(server.seen[0]?.headers['content-length']).toBe('4');
  });

  test.each(['/countly', '/countly/', '/countly//'])('keeps the base path of %j', async (path) => {
    const server = await startServer((_request, response) => json(response, 200, SUCCESS));
    const transport = openTransport({ url: server.url + path });
    await transport.send({ ...REQUEST, path: '/i/bulk', query: 'a=1' });
    expect(server.seen[0]?.url).toBe('/countly/i/bulk?a=1');
  });

  test('carries the credentials of the address in a header', async () => {
    const server = await startServer((_request, response) => json(response, 200, SUCCESS));
    const transport = openTransport({ url: server.url.replace('//', '//us%40er:p%3Ass@') });
    await transport.send(REQUEST);
    expect(server.seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('us@er:p:ss').toString('base64')}`);
    const bare = openTransport({ url: server.url.replace('//', '//me:100%@') });
    await bare.send(REQUEST);
    expect(server.seen[1]?.headers.authorization).toBe(`Basic ${Buffer.from('me:100%').toString('base64')}`);
  });

  const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some((entry) => entry.address === '::1'));
  test.skipIf(!hasIpv6)('reaches an IPv6 address (skipped where the machine has no ::1)', async () => {
    const server = await startServer((_request, response) => json(response, 200, SUCCESS), { host: '::1' });
    const transport = openTransport({ url: `http://[::1]:${server.port}/countly` });
    expect(await transport.send(REQUEST)).toEqual({ kind: 'delivered' });
    expect(server.seen[0]).toMatchObject({ url: '/countly/i', headers: { host: `[::1]:${server.port}` } });
  });

  test('reaches a name with several addresses of which only one answers', async () => {
    const server = await startServer((_request, response) => json(response, 200, SUCCESS));
    const transport = openTransport({ url: `http://localhost:${server.port}` });
    expect(await transport.send(REQUEST)).toEqual({ kind: 'delivered' });
  });

  test('is judged by the answer: status, headers and body', async () => {
    const answers: [status: number, body: string, headers: Record<string, string>][] = [
      [429, '{"result":"Too Many Requests"}', { 'retry-after': '7' }],
      [503, '', { 'retry-after': new Date(1_700_000_090_000).toUTCString() }],
      [200, '<html>Please sign in</html>', { 'content-type': 'text/html' }],
      [302, '', { location: 'https://portal.example/login?token=1' }],
      [400, '{"result":"App does not exist"}', {}],
    ];
    const left = answers.values();
    const server = await startServer((_request, response) => {
      const [status, body, headers] = left.next().value ?? [500, '', {}];
      response.writeHead(status, headers).end(body);
    });
    const transport = openTransport({ url: server.url, clock: { now: () => 1_700_000_000_000 } });
    expect(await transport.send(REQUEST)).toMatchObject({ kind: 'retry', afterMs: 7000 });
    expect(await transport.send(REQUEST)).toMatchObject({ kind: 'retry', afterMs: 90_000 });
    expect(await transport.send(REQUEST)).toMatchObject({
      kind: 'retry',
      reason: expect.stringContaining('text/html'),
    });
    expect(await transport.send(REQUEST)).toMatchObject({
      kind: 'retry',
      reason: 'redirected (302) to https://portal.example/login, which is not followed: check `url`',
    });
    expect(await transport.send(REQUEST)).toMatchObject({ kind: 'hold', reason: 'app-unknown' });
    expect(server.seen).toHaveLength(answers.length);
  });
});

describe('a compressed answer', () => {
  test('is not asked for', async () => {
    const server = await startServer((_request, response) => json(response, 200, SUCCESS));
    await openTransport({ url: server.url }).send(REQUEST);
    expect(server.seen[0]?.headers['accept-encoding']).toBe('identity');
  });

  test.each([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['x-gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('of a proxy that compresses all the same is understood: %s', async (encoding, compress) => {
    const server = await startServer((_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(compress(SUCCESS)),
    );
    const transport = openTransport({ url: server.url, connections: 1 });
    expect(await transport.send(REQUEST)).toEqual({ kind: 'delivered' });
    expect(await transport.query(REQUEST)).toEqual({ ok: true, value: { result: 'Success' } });
    expect(server.connections()).toBe(1);
  });

  test.each([
    ['that is none', 'gzip', Buffer.from(SUCCESS)],
    ['that was cut', 'gzip', gzipSync(SUCCESS).subarray(0, 20)],
    ['of an unknown kind', 'zstd', Buffer.from(SUCCESS)],
    ['that would fill the memory', 'gzip', gzipSync(Buffer.alloc(40_000_000, 0x20))],
  ])('%s is no answer', async (_name, encoding, body) => {
    const server = await startServer((_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(body),
    );
    const transport = openTransport({ url: server.url });
    const reason = 'the answer could not be decompressed';
    expect(await transport.send(REQUEST)).toEqual({ kind: 'retry', reason });
    expect(await transport.query(REQUEST)).toEqual({ ok: false, status: 0, message: reason });
  });
});

describe('a query', () => {
  test('returns the parsed answer', async () => {
    const server = await startServer((_request, response) => json(response, 200, '{"flag":true,"n":[1,null]}'));
    const transport = openTransport({ url: server.url });
    const form = 'application/x-www-form-urlencoded';
    const result = await transport.query({ path: '/o/sdk', query: '', contentType: form, body: 'method=rc&app_key=K' });
    expect(result).toEqual({ ok: true, value: { flag: true, n: [1, null] } });
    expect(server.seen[0]).toMatchObject({
      url: '/o/sdk',
      body: 'method=rc&app_key=K',
      headers: { 'content-type': form },
    });
  });

  test('says why there is no answer', async () => {
    const transport = openTransport({ url: 'http://nonexistent.invalid' });
    expect(await transport.query(REQUEST)).toMatchObject({
      ok: false,
      status: 0,
      message: expect.stringMatching(/host name/),
    });
  });

  test('takes an answer that is too large to be one of /i', async () => {
    const value = { text: 'x'.repeat(2_000_000) };
    const server = await startServer((_request, response) => json(response, 200, JSON.stringify(value)));
    const transport = openTransport({ url: server.url });
    expect(await transport.query(REQUEST)).toEqual({ ok: true, value });
  });
});

describe('the address', () => {
  test.each(['', 'countly.example', 'ftp://countly.example', 'file:///tmp'])('%j is refused', (url) => {
    expect(() => createHttpTransport({ url })).toThrow(/option|url: expected an http/);
  });

  test('is refused without telling its password', () => {
    expect(() => createHttpTransport({ url: 'ftp://me:secret@countly.example' })).toThrow(/\*\*\*@countly/);
    expect(() => createHttpTransport({ url: 'ftp://me:secret@countly.example' })).not.toThrow(/secret/);
  });
});

test('no app key and no checksum in any text for people', async () => {
  const echo = '{"result":"Cannot process app_key=KEY&checksum256=SUM for you"}';
  const server = await startServer((_request, response) => json(response, 400, echo));
  const transport = openTransport({ url: server.url });
  const texts = JSON.stringify([
    await transport.send({ ...REQUEST, query: 'checksum256=SUM' }),
    await transport.query({ ...REQUEST, query: 'checksum256=SUM' }),
  ]);
  expect(texts).toContain('for you');
  expect(texts).not.toMatch(/KEY|SUM/);
});
