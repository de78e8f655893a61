import { beforeEach, describe, expect, it } from 'vitest';
import { useInspector } from '../support/use-inspector.js';

interface Lists {
  [name: string]: Array<Record<string, unknown>>;
}

describe('the JSON API', () => {
  const server = useInspector();
  const get = async (path: string) => (await server.get(`/api/${path}`)).body as Lists;

  beforeEach(async () => {
    await server.begin({ country_code: 'DE', city: 'Berlin' });
    await server.events(
      { key: 'order', count: 2, sum: 5, dur: 0.1, segmentation: { plan: 'pro' } },
      { key: 'order', count: 1, sum: 7, dur: 0.3 },
      { key: 'login', count: 1 },
      { key: '[CLY]_view', count: 1, dur: 4, segmentation: { name: '/a', visit: 1, start: 1 } },
    );
    const stz = 1_700_000_000_000;
    const traces = Array.from({ length: 20 }, (_, n) => ({
      ...server.common(),
      apm: { type: 'device', name: 'work', apm_metrics: { duration: (n + 1) * 10 }, stz, etz: stz + 500 },
    }));
    await server.json('/i/bulk', { requests: traces });
    await server.send({ crash: { _os: 'L', _app_version: '1', _error: 'Error: x\n    at f', _logs: 'a\nb' } }, 'bob');
    await server.send({ user_details: { name: 'Bob', custom: { plan: 'free' } } }, 'bob');
    await server.events({ key: 'odd', count: 0 });
  });

  it('summary counts everything', async () => {
    expect(await get('summary')).toMatchObject({
      totals: { requests: 6, devices: 2, events: 4, views: 1, sessions: 1, open_sessions: 1, errors: 1, traces: 20 },
      server: { salted: false, paused: false, faults: 0 },
    });
  });

  it('events come newest first, filtered and limited', async () => {
    expect((await get('events')).events?.map(({ key }) => key)).toEqual([
      'odd',
      '[CLY]_view',
      'login',
      'order',
      'order',
    ]);
    expect((await get('events?key=order&limit=1')).events).toMatchObject([{ key: 'order', sum: 7 }]);
    expect((await get('events?without=order')).events?.every(({ key }) => key !== 'order')).toBe(true);
    expect((await get('events?without=order')).events?.length).toBeGreaterThan(0);
    expect((await get('events?device=nobody')).events).toEqual([]);
    expect((await get('events?before=2')).events).toMatchObject([{ key: 'order', segmentation: { plan: 'pro' } }]);
  });

  it('keys add up per event key, with a histogram of the durations', async () => {
    const { keys, buckets } = await get('keys');
    expect(keys?.find(({ key }) => key === 'order')).toMatchObject({
      count: 3,
      sum: 12,
      events: 2,
      p50: 100,
      p95: 300,
    });
    expect(keys?.[0]?.['histogram']).toEqual([0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]);
    expect(buckets?.slice(0, 6)).toEqual([1, 3, 10, 30, 100, 300]);
  });

  it('trace-names give percentiles by nearest rank', async () => {
    expect((await get('trace-names')).names).toMatchObject([{ name: 'work', count: 20, p50: 100, p95: 190, max: 200 }]);
  });

  it('a device has its profile, consent and timeline', async () => {
    expect(await get('devices/bob')).toMatchObject({
      device: { device_id: 'bob', crash_count: 1 },
      profile: { name: 'Bob', custom: { plan: 'free' } },
      consents: [],
      timeline: [{ kind: 'problem' }, { kind: 'crash', label: 'Error: x' }],
    });
    expect((await server.get('/api/devices/nobody')).status).toBe(404);
  });

  it.each([
    ['devices', 2],
    ['views', 1],
    ['sessions', 1],
    ['errors', 1],
    ['traces', 20],
    ['profiles', 1],
    ['requests', 6],
    ['entries', 25],
  ])('%s is a list', async (name, length) => {
    expect((await get(name))[name]).toHaveLength(length);
  });

  it('problems come alone and by rule, the worst first', async () => {
    expect((await get('problems?row=15')).problems).toMatchObject([{ row: 15, level: 'W', device_id: 'ann' }]);
    expect((await get('problem-groups')).groups?.map(({ level }) => level)).toEqual(['W', 'N']);
    expect((await get('rules')).rules).toHaveLength(76);
  });

  it('error groups carry their newest report', async () => {
    expect((await get('error-groups')).groups).toMatchObject([{ name: 'Error: x', reports: 1, logs: 'a\nb' }]);
  });

  it('a request comes with its body, entries and problems', async () => {
    expect(await get('requests/6')).toMatchObject({
      request: { id: 6, outcome: 'stored', body: expect.stringContaining('"odd"') as string },
      entries: [{ device_id: 'ann', kinds: 'events' }],
      problems: [{ row: 15 }],
    });
  });

  it('reset forgets everything', async () => {
    expect(await server.json('/api/reset', {})).toEqual({ status: 200, body: { reset: true } });
    expect(await get('summary')).toMatchObject({ totals: { requests: 0, events: 0, problems_w: 0 } });
  });

  it('refuses changes asked for by pages of another origin', async () => {
    const headers = { origin: 'http://evil.example' };
    const response = await fetch(`${server.url}/api/reset`, { method: 'POST', headers });
    expect(response.status).toBe(403);
    expect(server.query('SELECT count(*) AS n FROM requests')).toEqual([{ n: 6 }]);
  });
});

describe('/o/sdk', () => {
  const server = useInspector({ remoteConfig: { color: 'red', size: 3 }, sdkConfig: { tracking: true } });
  const ask = async (rest: string) => server.get(`/o/sdk?app_key=K&device_id=ann&${rest}`);

  it.each([
    ['method=rc', { color: 'red', size: 3 }],
    ['method=fetch_remote_config&keys=["size"]', { size: 3 }],
    ['method=rc&omit_keys=["size"]', { color: 'red' }],
    ['method=feedback', { result: [] }],
    ['method=ab&keys=["a"]', { result: 'Successfully enrolled in ab tests' }],
  ])('%s', async (query, body) => {
    expect(await ask(query)).toEqual({ status: 200, body });
  });

  it('gives the SDK behaviour settings', async () => {
    expect((await ask('method=sc')).body).toEqual({ v: 1, t: expect.any(Number) as number, c: { tracking: true } });
  });

  it('refuses other methods and missing parts', async () => {
    expect(await ask('method=dance')).toEqual({ status: 400, body: { result: 'Invalid method' } });
    expect(await ask('method=ab')).toEqual({ status: 400, body: { result: 'Missing Keys' } });
    expect((await server.get('/o/sdk?method=rc')).status).toBe(400);
  });

  it('answers what POST /api/settings says from then on', async () => {
    await server.json('/api/settings', { remoteConfig: { color: 'blue' } });
    expect((await ask('method=rc')).body).toEqual({ color: 'blue' });
    expect(await server.json('/api/settings', { remoteConfig: 5 })).toEqual({
      status: 400,
      body: { error: 'setting "remoteConfig": expected an object, got 5' },
    });
  });
});
