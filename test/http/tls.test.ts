import { beforeAll, describe, expect, test } from 'vitest';
import { selfSigned } from './support/certificate.js';
import { json, SUCCESS, startServer } from './support/http-server.js';
import { openTransport, REQUEST } from './support/transport.js';

let own: { key: string; cert: string };
let other: { key: string; cert: string };

beforeAll(() => {
  own = selfSigned('IP:127.0.0.1');
  other = selfSigned('DNS:countly.example');
});

describe('https', () => {
  test('an unknown certificate is refused, and the text says what to do', async () => {
    const server = await startServer((_request, response) => json(response, 200, SUCCESS), { tls: own });
    const transport = openTransport({ url: server.url });
    expect(await transport.send(REQUEST)).toEqual({
      kind: 'retry',
      reason: 'certificate is self-signed: pass its authority as `ca` (DEPTH_ZERO_SELF_SIGNED_CERT)',
    });
    expect(server.seen).toHaveLength(0);
  });

  test('with `ca` it is accepted, and the connection is kept', async () => {
    const server = await startServer((_request, response) => json(response, 200, SUCCESS), { tls: own });
    const transport = openTransport({ url: server.url, ca: own.cert, connections: 1 });
    for (let i = 0; i < 3; i++) expect(await transport.send(REQUEST)).toEqual({ kind: 'delivered' });
    expect(server.connections()).toBe(1);
  });

  test('a certificate for another host is refused, without trying again and again', async () => {
    const server = await startServer((_request, response) => json(response, 200, SUCCESS), { tls: other });
    const transport = openTransport({ url: server.url, ca: other.cert });
    expect(await transport.send(REQUEST)).toEqual({
      kind: 'retry',
      reason: 'certificate is for another host (ERR_TLS_CERT_ALTNAME_INVALID)',
    });
    expect(server.connections()).toBe(1);
  });

  test('`tls` options reach the handshake', async () => {
    const server = await startServer((_request, response) => json(response, 200, SUCCESS), {
      tls: { ...other, requestCert: true, rejectUnauthorized: true, ca: own.cert },
    });
    const named = { ca: other.cert, tls: { servername: 'countly.example' } };
    const anonymous = openTransport({ url: server.url, ...named });
    expect(await anonymous.send(REQUEST)).toMatchObject({ kind: 'retry' });
    const known = openTransport({ url: server.url, ...named, tls: { ...named.tls, ...own } });
    expect(await known.send(REQUEST)).toEqual({ kind: 'delivered' });
  });

  test('a handshake that never ends is given up', async () => {
    const { createServer } = await import('node:net');
    const { listen } = await import('./support/http-server.js');
    const silent = createServer(() => {});
    const { port } = await listen(silent);
    const transport = openTransport({ url: `https://127.0.0.1:${port}`, requestTimeoutMs: 200 });
    expect(await transport.send(REQUEST)).toEqual({ kind: 'retry', reason: 'no answer within 200 ms' });
  });

  test('plain http where https is expected', async () => {
    const server = await startServer((_request, response) => json(response, 200, SUCCESS));
    const transport = openTransport({ url: server.url.replace('http:', 'https:') });
    expect(await transport.send(REQUEST)).toMatchObject({
      kind: 'retry',
      reason: expect.stringMatching(/network error/),
    });
  });
});
