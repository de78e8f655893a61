import { describe, expect, it } from 'vitest';
import { useInspector } from '../support/use-inspector.js';

interface Rejections {
  rejected: number;
  requests: number;
  groups: Array<Record<string, unknown>>;
}

describe('what is refused', () => {
  const server = useInspector({ maxBodyBytes: 10_000, appKey: 'APPKEY' });
  const read = async () => (await server.get('/api/rejections')).body as Rejections;
  const refusals = async () =>
    (await read()).groups.map(({ target, status, answer, app_key }) => [target, status, answer, app_key]);

  it('is shown with its number, reason, key, and what to do', async () => {
    for (let time = 0; time < 8; time += 1) await server.send({ app_key: 'WRONG' });
    expect(await read()).toMatchObject({
      rejected: 8,
      requests: 8,
      groups: [
        {
          target: 'POST /i',
          status: 400,
          answer: 'App does not exist',
          app_key: 'WRONG',
          count: 8,
          request_id: 8,
          remedy: expect.stringContaining('"APPKEY"'),
        },
      ],
    });
    expect((await server.get('/api/summary')).body).toMatchObject({ totals: { rejected: 8, requests: 8 } });
  });

  it.each<[string, (app: typeof server) => Promise<unknown>, unknown[]]>([
    ['a wrong path', (app) => app.json('/i/i', app.common()), ['POST /i/i', 400, 'Invalid path', 'APPKEY']],
    [
      'the path of a page',
      (app) => app.json('/dashboard/i', app.common()),
      ['POST /dashboard/i', 400, 'Invalid path', 'APPKEY'],
    ],
    [
      'no device',
      (app) => app.json('/i', { app_key: 'APPKEY' }),
      ['POST /i', 400, 'Missing parameter "app_key" or "device_id"', 'APPKEY'],
    ],
    [
      'a body that cannot be read',
      (app) => app.raw('/i', 'x', { 'content-type': 'text/plain' }),
      ['POST /i', 400, 'Missing parameter "app_key" or "device_id"', null],
    ],
    [
      'a large body',
      (app) => app.raw('/i', 'x'.repeat(20_000), { 'content-type': 'application/json' }),
      ['POST /i', 413, 'Request Entity Too Large', null],
    ],
    [
      'a checksum that is missing, though the answer is 200',
      async (app) => {
        app.inspector.configure({ salt: 's' });
        await app.send({});
      },
      ['POST /i', 200, 'Request does not have checksum', 'APPKEY'],
    ],
    [
      'a paused app',
      async (app) => {
        app.inspector.configure({ paused: true });
        await app.send({});
      },
      ['POST /i', 400, 'App is currently not accepting data', 'APPKEY'],
    ],
    [
      'the id of zeros',
      (app) => app.send({ device_id: '00000000-0000-0000-0000-000000000000' }),
      ['POST /i', 200, 'Ignoring device_id', 'APPKEY'],
    ],
    [
      'an unknown question',
      (app) => app.get('/o/sdk?method=no&app_key=APPKEY&device_id=ann'),
      ['GET /o/sdk', 400, 'Invalid method', 'APPKEY'],
    ],
    [
      'an entry of a bulk that is told to nobody',
      (app) => app.json('/i/bulk', { requests: [app.common(), { ...app.common(), app_key: 'WRONG' }] }),
      ['entry of POST /i/bulk', 200, 'App does not exist', 'WRONG'],
    ],
    [
      'an entry of a bulk without a device',
      (app) => app.json('/i/bulk', { requests: [{ app_key: 'APPKEY' }] }),
      ['entry of POST /i/bulk', 200, 'no app_key, no device_id or no object', ''],
    ],
    ['events that are lost', (app) => app.events({ key: 'a' }, null), ['POST /i', 200, 'null in "events"', 'APPKEY']],
  ])('for %s', async (_name, send, refusal) => {
    await send(server);
    expect(await refusals()).toEqual([refusal]);
    const { groups } = await read();
    expect(groups[0]?.['remedy']).not.toBe('See the request itself.');
  });

  it('is not what a browser asks for, a duplicate, or a fault that was asked for', async () => {
    await server.get('/favicon.ico');
    await server.get('/.well-known/appspecific/com.chrome.devtools.json');
    const request = { ...server.common(), events: [{ key: 'a' }] };
    for (let time = 0; time < 2; time += 1) await server.json('/i', request);
    server.inspector.setFault({ kind: 'status', status: 500, count: 1 });
    await server.send({});
    await server.get('/o/ping');
    expect(await read()).toMatchObject({ rejected: 0, requests: 3, groups: [] });
  });
});

describe('an inspector below a path', () => {
  const server = useInspector({ basePath: '/countly' });

  it('shows what missed the path', async () => {
    const url = new URL('/i', server.url);
    const headers = { 'content-type': 'application/json' };
    await fetch(url, { method: 'POST', headers, body: JSON.stringify({ app_key: 'K', device_id: 'ann' }) });
    expect((await server.get('/api/rejections')).body).toMatchObject({
      rejected: 1,
      groups: [{ target: 'POST /i', status: 400, answer: 'Invalid path', app_key: 'K' }],
    });
  });
});
