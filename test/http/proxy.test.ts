import { beforeAll, describe, expect, test } from 'vitest';
import { chooseRoute, parseEndpoint } from '../../lib/http/endpoint.js';
import { createHttpTransport } from '../../lib/http/http-transport.js';
import { selfSigned } from './support/certificate.js';
import { json, SUCCESS, startServer } from './support/http-server.js';
import { startProxy } from './support/proxy.js';
import { openTransport, REQUEST } from './support/transport.js';

let certificate: { key: string; cert: string };

beforeAll(() => {
  certificate = selfSigned('DNS:countly.invalid', 'DNS:localhost');
});

describe('through a proxy', () => {
  test('http: the proxy gets the whole address, connections to it are kept', async () => {
    const server = await startServer((_request, response) => json(response, 200, SUCCESS));
    const proxy = await startProxy(server.port);
    const url = 'http://countly.invalid:8080/base';
    const transport = openTransport({ url, proxy: proxy.url.replace('//', '//user:p%40ss@'), connections: 1 });
    expect(await transport.send({ ...REQUEST, query: 'a=1' })).toEqual({ kind: 'delivered' });
    expect(await transport.send(REQUEST)).toEqual({ kind: 'delivered' });
    expect(proxy.seen[0]).toEqual({
      line: 'POST http://countly.invalid:8080/base/i?a=1',
      authorization: `Basic ${Buffer.from('user:p@ss').toString('base64')}`,
      host: 'countly.invalid:8080',
    });
    expect(server.seen[0]).toMatchObject({ url: '/base/i?a=1', body: REQUEST.body });
    expect(proxy.connections()).toBe(1);
  });

  test('https: through a tunnel, with the certificate of the server, not of the proxy', async () => {
    const server = await startServer((_request, response) => json(response, 200, SUCCESS), { tls: certificate });
    const proxy = await startProxy(server.port);
    const env = { https_proxy: proxy.url.replace('//', '//user:pass@'), http_proxy: 'http://127.0.0.1:1' };
    const transport = openTransport({ url: 'https://countly.invalid', env, ca: certificate.cert, connections: 1 });
    expect(await transport.send(REQUEST)).toEqual({ kind: 'delivered' });
    expect(await transport.send(REQUEST)).toEqual({ kind: 'delivered' });
    expect(proxy.seen).toEqual([
      {
        line: 'CONNECT countly.invalid:443',
        authorization: `Basic ${Buffer.from('user:pass').toString('base64')}`,
        host: 'countly.invalid:443',
      },
    ]);
    expect(server.seen[0]?.headers).toMatchObject({ host: 'countly.invalid' });
    expect(server.seen[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  test('https: the time limit for the tunnel does not cut a slow answer', async () => {
    const slow = { tls: certificate };
    const server = await startServer(
      (_request, response) => setTimeout(() => json(response, 200, SUCCESS), 1000),
      slow,
    );
    const proxy = await startProxy(server.port);
    const limits = { connectTimeoutMs: 700, ca: certificate.cert };
    const transport = openTransport({ url: 'https://countly.invalid', proxy: proxy.url, ...limits });
    expect(await transport.send(REQUEST)).toEqual({ kind: 'delivered' });
  });

  test('https: a certificate nobody vouches for is refused inside the tunnel too', async () => {
    const server = await startServer((_request, response) => json(response, 200, SUCCESS), { tls: certificate });
    const proxy = await startProxy(server.port);
    const transport = openTransport({ url: 'https://countly.invalid', proxy: proxy.url });
    expect(await transport.send(REQUEST)).toMatchObject({
      kind: 'retry',
      reason: expect.stringMatching(/self-signed/),
    });
  });

  test.each(['http', 'https'])(
    '%s: an https proxy works the same, over no more connections than configured',
    async (scheme) => {
      const options = scheme === 'https' ? { tls: certificate } : {};
      const server = await startServer((_request, response) => json(response, 200, SUCCESS), options);
      const proxy = await startProxy(server.port, 'works', certificate);
      const url = `${scheme}://countly.invalid`;
      const transport = openTransport({ url, proxy: proxy.url, ca: certificate.cert, connections: 3 });
      const deliveries = await Promise.all(Array.from({ length: 20 }, () => transport.send(REQUEST)));
      expect(deliveries).toEqual(Array(20).fill({ kind: 'delivered' }));
      expect(server.seen).toHaveLength(20);
      expect(proxy.connections()).toBe(3);
    },
  );

  test.each([
    ['refuses', 'proxy answered 403 to CONNECT'],
    ['cuts', 'connection was cut (ECONNRESET)'],
    ['hangs', 'no answer within 1000 ms'],
  ] as const)('https: a proxy that %s is a passing fault, tried once', async (behaviour, reason) => {
    const proxy = await startProxy(1, behaviour);
    const transport = openTransport({ url: 'https://countly.invalid', proxy: proxy.url, requestTimeoutMs: 1000 });
    expect(await transport.send(REQUEST)).toEqual({ kind: 'retry', reason });
    expect(proxy.connections()).toBe(1);
  });

  test('closing gives up a tunnel under construction', async () => {
    const proxy = await startProxy(1, 'hangs');
    const transport = openTransport({ url: 'https://countly.invalid', proxy: proxy.url });
    const pending = transport.send(REQUEST);
    await expect.poll(() => proxy.seen.length).toBe(1);
    await transport.close();
    expect(await pending).toEqual({ kind: 'retry', reason: 'the transport was closed' });
  });

  test('a proxy that is not there', async () => {
    const transport = openTransport({ url: 'http://countly.invalid', proxy: 'http://nonexistent.invalid:3128' });
    expect(await transport.send(REQUEST)).toMatchObject({ kind: 'retry', reason: expect.stringMatching(/^host name/) });
  });
});

describe('the way is chosen', () => {
  const HTTP = 'http://proxy.example:3128/';
  const HTTPS = 'http://secure-proxy.example:3129/';
  const BOTH = { http_proxy: HTTP, https_proxy: HTTPS };

  test.each<[string, string, NodeJS.ProcessEnv, string]>([
    ['no environment', 'https://c.example', {}, 'direct'],
    ['empty variables', 'https://c.example', { https_proxy: '', HTTPS_PROXY: '' }, 'direct'],
    ['http', 'http://c.example', BOTH, `forward ${HTTP}`],
    ['https', 'https://c.example', BOTH, `tunnel ${HTTPS}`],
    ['https does not fall back', 'https://c.example', { http_proxy: HTTP }, 'direct'],
    ['capital letters', 'http://c.example', { HTTP_PROXY: HTTP }, `forward ${HTTP}`],
    ['small letters win', 'http://c.example', { http_proxy: HTTP, HTTP_PROXY: HTTPS }, `forward ${HTTP}`],
    ['no scheme', 'http://c.example', { http_proxy: 'proxy.example:3128' }, `forward ${HTTP}`],
    ['everything excluded', 'http://c.example', { ...BOTH, no_proxy: '*' }, 'direct'],
    ['name excluded', 'http://c.example', { ...BOTH, no_proxy: 'a.example, c.example' }, 'direct'],
    ['name excluded, capitals', 'http://C.example', { ...BOTH, NO_PROXY: 'c.EXAMPLE' }, 'direct'],
    ['sub-domain of a name', 'http://c.example', { ...BOTH, no_proxy: 'example' }, 'direct'],
    ['dot', 'http://c.example', { ...BOTH, no_proxy: '.example' }, 'direct'],
    ['star', 'http://c.example', { ...BOTH, no_proxy: '*.example' }, 'direct'],
    ['only a like ending', 'http://c.example', { ...BOTH, no_proxy: 'xample,ample' }, `forward ${HTTP}`],
    ['port fits', 'http://c.example:81', { ...BOTH, no_proxy: 'c.example:81' }, 'direct'],
    ['default port fits', 'https://c.example', { ...BOTH, no_proxy: 'c.example:443' }, 'direct'],
    ['port does not fit', 'http://c.example:81', { ...BOTH, no_proxy: 'c.example:82' }, `forward ${HTTP}`],
    ['IPv6', 'http://[fd00::1]:80', { ...BOTH, no_proxy: 'fd00::1' }, 'direct'],
    ['IPv6 with a port', 'http://[fd00::1]:81', { ...BOTH, no_proxy: '[fd00::1]:81' }, 'direct'],
    ['range', 'http://10.1.2.3', { ...BOTH, no_proxy: 'a.example,10.0.0.0/8' }, 'direct'],
    ['range, another port', 'https://192.168.7.9:8443', { ...BOTH, NO_PROXY: '192.168.0.0/16' }, 'direct'],
    ['range of one', 'http://10.1.2.3', { ...BOTH, no_proxy: '10.1.2.3/32' }, 'direct'],
    ['range of all', 'http://10.1.2.3', { ...BOTH, no_proxy: '0.0.0.0/0' }, 'direct'],
    ['outside of a range', 'http://11.1.2.3', { ...BOTH, no_proxy: '10.0.0.0/8' }, `forward ${HTTP}`],
    ['range inside a byte', 'http://172.31.0.1', { ...BOTH, no_proxy: '172.16.0.0/12' }, 'direct'],
    ['outside of it', 'http://172.32.0.1', { ...BOTH, no_proxy: '172.16.0.0/12' }, `forward ${HTTP}`],
    ['IPv6 range', 'http://[fd00:1::9]', { ...BOTH, no_proxy: 'fd00::/8' }, 'direct'],
    ['IPv6 range in brackets', 'http://[fd00:1::9]', { ...BOTH, no_proxy: '[fd00::]/8' }, 'direct'],
    ['the other family', 'http://10.1.2.3', { ...BOTH, no_proxy: 'fd00::/8' }, `forward ${HTTP}`],
    ['range and a name', 'http://c.example', { ...BOTH, no_proxy: '0.0.0.0/0' }, `forward ${HTTP}`],
    [
      'no range',
      'http://10.1.2.3',
      { ...BOTH, no_proxy: '10.0.0.0/33,10.0.0.0/,10.0.0/8,/8,a/b/c' },
      `forward ${HTTP}`,
    ],
    ['loopback name', 'http://localhost:3000', BOTH, 'direct'],
    ['loopback', 'http://127.0.0.1', BOTH, 'direct'],
    ['loopback IPv6', 'https://[::1]', BOTH, 'direct'],
  ])('%s: %s', (_name, url, env, expected) => {
    const route = chooseRoute(parseEndpoint(url), undefined, env, () => {});
    expect(route.kind === 'direct' ? 'direct' : `${route.kind} ${route.proxy.origin}/`).toBe(expected);
  });

  test('an explicit proxy is used whatever the environment says, `false` means none', () => {
    const local = parseEndpoint('http://localhost');
    expect(chooseRoute(local, HTTP, { no_proxy: '*' }, () => {})).toMatchObject({ kind: 'forward' });
    expect(chooseRoute(parseEndpoint('http://c.example'), false, BOTH, () => {})).toEqual({ kind: 'direct' });
  });

  test('nonsense in the environment is told without its password, and does not stop the host', () => {
    const warned: string[] = [];
    const env = { http_proxy: 'socks5://me:secret@proxy.example' };
    const warn = (message: string): void => void warned.push(message);
    expect(chooseRoute(parseEndpoint('http://c.example'), undefined, env, warn)).toEqual({ kind: 'direct' });
    expect(warned).toEqual([expect.stringContaining('http_proxy')]);
    expect(warned[0]).not.toContain('secret');
  });

  test('a nonsense option is a configuration error without its password', () => {
    const create = (): unknown => createHttpTransport({ url: 'http://c.example', proxy: 'ftp://me:secret@p.example' });
    expect(create).toThrow(/proxy: expected an http.*\*\*\*@p\.example/);
    expect(create).not.toThrow(/secret/);
  });
});
