import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { useInspector } from '../support/use-inspector.js';

const MISSING = { status: 400, body: { result: 'Missing parameter "app_key" or "device_id"' } };
const SUCCESS = { status: 200, body: { result: 'Success' } };
const FIELDS = { app_key: 'K', device_id: 'ann', timestamp: '1700000000000', events: '[{"key":"login"}]' };

describe('how parameters arrive', () => {
  const server = useInspector();

  it('in a urlencoded body', async () => {
    expect(await server.form('/i', FIELDS)).toEqual(SUCCESS);
    expect(server.query('SELECT key, count FROM events')).toEqual([{ key: 'login', count: 1 }]);
  });

  it('in a query', async () => {
    expect(await server.get(`/i?${new URLSearchParams(FIELDS)}`)).toEqual(SUCCESS);
    expect(server.query('SELECT key FROM events')).toEqual([{ key: 'login' }]);
  });

  it('in a JSON body, with real values', async () => {
    expect(await server.json('/i', { ...FIELDS, events: [{ key: 'login' }] })).toEqual(SUCCESS);
    expect(server.query('SELECT key FROM events')).toEqual([{ key: 'login' }]);
  });

  it('in a multipart body', async () => {
    const body = new FormData();
    for (const [name, value] of Object.entries(FIELDS)) body.set(name, value);
    body.set('picture', new Blob([new Uint8Array([0xff, 0x0d, 0x0a, 0x00])]), 'ann.png');
    const response = await fetch(`${server.url}/i`, { method: 'POST', body });
    expect(await response.json()).toEqual(SUCCESS.body);
    expect(server.query('SELECT key, device_id FROM events')).toEqual([{ key: 'login', device_id: 'ann' }]);
  });

  it('from the query when query and body disagree', async () => {
    await server.form('/i?device_id=bob', FIELDS);
    expect(server.query('SELECT device_id FROM events')).toEqual([{ device_id: 'bob' }]);
  });

  it('not at all from other content types or compressed bodies', async () => {
    const text = new URLSearchParams(FIELDS).toString();
    expect(await server.raw('/i', text, { 'content-type': 'text/plain' })).toEqual(MISSING);
    expect(await server.raw('/i', '{"app_key":', { 'content-type': 'application/json' })).toEqual(MISSING);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' };
    expect(await server.raw('/i', gzipSync(text), headers)).toEqual(MISSING);
    expect(server.query('SELECT * FROM entries')).toEqual([]);
  });
});

describe('what is refused', () => {
  const server = useInspector({ appKey: 'APPKEY', maxBodyBytes: 10_000 });

  it('a request without app_key or device_id', async () => {
    expect(await server.json('/i', { app_key: 'APPKEY' })).toEqual(MISSING);
    expect(await server.json('/i', { device_id: 'ann' })).toEqual(MISSING);
    expect(await server.json('/i', { app_key: 'APPKEY', device_id: 0 })).toEqual(MISSING);
    expect(server.query('SELECT DISTINCT outcome FROM requests')).toEqual([{ outcome: 'rejected' }]);
  });

  it('an unknown app key', async () => {
    expect(await server.json('/i', { app_key: 'other', device_id: 'ann' })).toEqual({
      status: 400,
      body: { result: 'App does not exist' },
    });
  });

  it.each([
    ['app_id', 'mine'],
    ['user_id', 'me'],
    ['app_id', 7],
  ])('a parameter called %s that is no id: %j', async (name, value) => {
    const answer = { status: 400, body: { result: `Invalid parameter "${name}"` } };
    expect(await server.send({ [name]: value })).toEqual(answer);
    expect(await server.get(`/o/sdk?method=rc&app_key=APPKEY&device_id=ann&${name}=${value}`)).toEqual(answer);
    expect(server.query('SELECT * FROM devices')).toEqual([]);
  });

  it('no app_id that is empty, or as long as an id', async () => {
    for (const app_id of ['', '5f0c0ffee5f0c0ffee5f0c0f']) expect(await server.send({ app_id })).toEqual(SUCCESS);
  });

  it('an unknown path, another method, a body that is too large', async () => {
    expect(await server.get('/i/nothing')).toEqual({ status: 400, body: { result: 'Invalid path' } });
    const put = await fetch(`${server.url}/i`, { method: 'PUT', body: 'x' });
    expect([put.status, await put.json()]).toEqual([405, { result: 'Method not allowed' }]);
    expect((await server.json('/i', { text: 'x'.repeat(20_000) })).status).toBe(413);
  });

  it.each(['HEAD', 'PUT', 'DELETE', 'PATCH'])('the method %s, with 405 on any path', async (method) => {
    for (const path of ['/i', '/i/bulk', '/o/sdk', '/unknown']) {
      const response = await fetch(server.url + path, { method });
      const body = method === 'HEAD' ? '' : '{"result":"Method not allowed"}';
      expect([path, response.status, await response.text()]).toEqual([path, 405, body]);
    }
    expect(server.query('SELECT * FROM entries')).toEqual([]);
  });

  it('a paused app, but /o/sdk still answers', async () => {
    server.inspector.configure({ paused: true });
    expect(await server.send({})).toEqual({
      status: 400,
      body: { result: 'App is currently not accepting data' },
    });
    expect((await server.json('/o/sdk?method=rc', server.common())).status).toBe(200);
  });

  it('nobody: the zero device id is ignored with 200', async () => {
    const answer = await server.send({}, '00000000-0000-0000-0000-000000000000');
    expect(answer).toEqual({ status: 200, body: { result: 'Ignoring device_id' } });
    expect(server.query('SELECT * FROM devices')).toEqual([]);
  });
});

describe('around the protocol', () => {
  const server = useInspector({ basePath: '/countly' });

  it('works below a base path and knows nothing outside of it', async () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/countly$/);
    expect(await server.send({ events: [{ key: 'a' }] })).toEqual(SUCCESS);
    expect((await fetch(new URL('/i', server.url))).status).toBe(400);
  });

  it('answers the health check', async () => {
    expect(await server.get('/o/ping')).toEqual(SUCCESS);
  });

  it('lets browsers send from any page', async () => {
    for (const path of ['/i', '/i/bulk', '/o/sdk', '/unknown']) {
      const response = await fetch(server.url + path, { method: 'OPTIONS' });
      expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    }
  });

  it('lets no other page into its own API', async () => {
    const response = await fetch(`${server.url}/api/reset`, { method: 'OPTIONS' });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('says with a header that a server answers, not a proxy', async () => {
    for (const path of ['/i', '/o/ping', '/unknown']) {
      expect((await fetch(server.url + path)).headers.get('x-countly')).toBe('api');
    }
    expect((await fetch(`${server.url}/`)).headers.get('x-countly')).toBeNull();
  });

  it('keeps each request: bytes, hash, answer and outcome', async () => {
    await server.json('/i', { app_key: 'K', device_id: 'ann', timestamp: 1_700_000_000_000 });
    const body = '{"app_key":"K","device_id":"ann","timestamp":1700000000000}';
    expect(
      server.query('SELECT method, path, endpoint, body, body_bytes, status, reply, outcome FROM requests'),
    ).toEqual([
      {
        method: 'POST',
        path: '/i',
        endpoint: 'i',
        body,
        body_bytes: body.length,
        status: 200,
        reply: '{"result":"Success"}',
        outcome: 'stored',
      },
    ]);
  });

  it('serves the page with a strict policy, and its parts below the base path', async () => {
    const page = await fetch(`${server.url}/`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    expect(await page.text()).toContain('<title>Countly Inspector</title>');
    expect((await fetch(`${server.url}/page.js`)).headers.get('content-type')).toContain('javascript');
    expect((await fetch(`${server.url}/../package.json`)).status).toBe(400);
    expect((await fetch(`${server.url}/%2e%2e/package.json`)).status).toBe(400);
  });
});
