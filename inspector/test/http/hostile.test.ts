import { beforeEach, describe, expect, it } from 'vitest';
import { processorMs } from '../../../test/support/processor-time.js';
import { parseJson, stringOf } from '../../src/protocol/json.js';
import { useInspector } from '../support/use-inspector.js';

const SUCCESS = { status: 200, body: { result: 'Success' } };
const nested = (depth: number, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth);
const view = (name: unknown) => ({ key: '[CLY]_view', segmentation: { name, visit: 1 } });
const crash = { _os: 'L', _app_version: '1', _error: 'Error: x' };

describe('what no SDK would send', () => {
  const server = useInspector();
  const strange = { toString: 1, valueOf: 2, __proto__: null };

  beforeEach(() => server.events({ key: 'before', count: 1 }));

  it.each<[string, object]>([
    ['as a segment value', { events: [{ key: 'a', segmentation: { x: strange } }] }],
    ['as a list of segment values', { events: [{ key: 'a', segmentation: { x: [strange] } }] }],
    ['as the name of a view', { events: [view(strange)] }],
    ['as a segment of a view', { events: [{ ...view('/a'), segmentation: { name: '/a', visit: 1, plan: strange } }] }],
    ['as an event key', { events: [{ key: strange }] }],
    ['as the stack of a crash', { crash: { ...crash, _error: strange } }],
    ['as platform and version of a crash', { crash: { ...crash, _os: strange, _app_version: strange } }],
    ['as a flag of a crash', { crash: { ...crash, _online: strange } }],
    ['as breadcrumbs', { crash: { ...crash, _logs: [strange] } }],
    [
      'as the name of a trace',
      { apm: { type: 'device', name: strange, apm_metrics: { duration: 1 }, stz: 1, etz: 2 } },
    ],
    ['as a user property', { user_details: { name: strange, custom: { x: strange } } }],
    ['as a metric', { metrics: { _os: strange } }],
    ['as a consent', { consent: { events: strange } }],
    ['as a timestamp', { timestamp: strange }],
    ['as a checksum', { checksum256: strange }],
    ['as hour, tz and t', { hour: strange, tz: strange, t: strange }],
    ['as a duration', { session_duration: strange }],
  ])('{"toString":1} is answered %s', async (_name, fields) => {
    expect(await server.send({ ...fields })).toEqual(SUCCESS);
    expect((await server.get('/api/keys')).status).toBe(200);
  });

  it.each([
    ['a body', nested(100_000)],
    ['a body of objects', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
    [
      'a bulk',
      `{"app_key":"K","requests":[{"device_id":"a","events":[{"key":"a","segmentation":{"x":${nested(5000)}}}]}]}`,
    ],
    [
      'events',
      `{"app_key":"K","device_id":"a","timestamp":1,"events":[{"key":"a","segmentation":{"x":${nested(20_000)}}}]}`,
    ],
  ])('deep JSON as %s is refused in words', async (_name, body) => {
    for (const path of ['/i', '/i/bulk']) {
      const answer = await server.raw(path, body, { 'content-type': 'application/json' });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ result: expect.stringMatching(/^Missing parameter/) });
    }
  });

  it.each(['events', 'crash', 'metrics', 'consent', 'apm', 'user_details', 'hc'])(
    'deep JSON as the text of %s loses that part only',
    async (part) => {
      expect(await server.send({ [part]: nested(50_000), begin_session: 1 })).toEqual(SUCCESS);
      expect(server.query('SELECT count(*) AS n FROM sessions')).toEqual([{ n: 1 }]);
    },
  );

  it('numbers beyond all bounds are kept within them, and everything can still be read', async () => {
    for (const count of [9e18, 9e18, -9e18, 1e308]) await server.events({ key: 'much', count, sum: 1e308, dur: 1e308 });
    await server.begin({ session_duration: 9e18, tz: 9e18, t: '9e18' });
    await server.send({ crash, user_details: { byear: 9e18, custom: { n: { $mul: 9e18 } } } });
    await server.send({
      apm: { type: 'network', name: 'x', apm_metrics: { response_time: 1e308 }, stz: 9e18, etz: -9e18 },
    });
    await server.events({ ...view('/a'), dur: 1e308 });
    const paths = [
      'summary',
      'keys',
      'view-names',
      'trace-names',
      'error-groups',
      'devices',
      'devices/ann',
      'profiles',
    ];
    for (const path of paths) expect((await server.get(`/api/${path}`)).status).toBe(200);
    expect((await server.get('/api/keys')).body).toMatchObject({
      keys: [{ key: 'much', events: 4 }, { key: 'before' }],
    });
  });

  it('a request that fails in here is refused, told and shown, and does not come back for ever', async () => {
    server.query('DROP TABLE traces');
    const apm = { type: 'device', name: 'w', apm_metrics: { duration: 1 }, stz: 1, etz: 2 };
    expect(await server.send({ apm })).toEqual({ status: 400, body: { result: 'Could not ingest data' } });
    expect((await server.get('/api/rejections')).body).toMatchObject({ groups: [{ answer: 'Could not ingest data' }] });
    expect(await server.events({ key: 'after' })).toEqual(SUCCESS);
  });
});

describe('the work for one request', () => {
  const server = useInspector();
  const list = (count: number) => Array.from({ length: count }, (_, n) => `value-${n}`);
  const many = (count: number) => Object.fromEntries(list(count).map((name) => [name, name]));

  it.each<[string, () => object]>([
    ['$addToSet of 20 000', () => ({ user_details: { custom: { x: { $addToSet: list(20_000) } } } })],
    ['$pull of 20 000', () => ({ user_details: { custom: { x: { $pull: list(20_000) } } } })],
    ['$push of 100 000', () => ({ user_details: { custom: { x: { $push: list(100_000) } } } })],
    ['50 000 segments', () => ({ events: [{ key: 'a', segmentation: many(50_000) }] })],
    [
      '50 000 wrong segments',
      () => ({ events: [{ key: 'a', segmentation: Object.fromEntries(list(50_000).map((n) => [n, null])) }] }),
    ],
    ['100 000 features of consent', () => ({ consent: many(100_000) })],
    ['20 000 properties', () => ({ user_details: { custom: many(20_000) } })],
    ['5 000 views', () => ({ events: list(5000).map(view) })],
    ['a key of a million characters', () => ({ events: [{ key: 'x$'.repeat(500_000) }] })],
  ])('is linear: %s', async (_name, make) => {
    await server.send({ user_details: { custom: { x: list(5000) } } });
    const took = await processorMs(async () => {
      for (let time = 0; time < 2; time += 1) await server.send({ ...make() });
    });
    expect(took).toBeLessThan(6000);
  });

  it('keeps properties and metrics of a user bounded', async () => {
    await server.send({ user_details: { custom: { plan: 'pro' } }, metrics: { _os: 'Linux' } });
    await server.send({ user_details: { custom: { text: 'x'.repeat(2_000_001) } } });
    await server.send({ metrics: { text: 'x'.repeat(200_001) } });
    expect(server.query('SELECT custom FROM user_profiles')).toEqual([{ custom: '{"plan":"pro"}' }]);
    expect(server.query('SELECT metrics FROM devices')).toEqual([{ metrics: '{"_os":"Linux"}' }]);
  });

  it('keeps lists of a user bounded, however often they grow', async () => {
    for (let time = 0; time < 3; time += 1) {
      await server.send({ user_details: { custom: { x: { $push: list(6000) } } } });
    }
    expect(server.query("SELECT json_array_length(custom, '$.x') AS n FROM user_profiles")).toEqual([{ n: 10_000 }]);
  });
});

describe('JSON', () => {
  it.each([
    ['200 levels', nested(200), true],
    ['201 levels', nested(201), false],
    ['201 levels of objects', `${'{"a":'.repeat(201)}1${'}'.repeat(201)}`, false],
    ['brackets in a text', JSON.stringify({ a: '['.repeat(1000) }), true],
    ['brackets behind an escaped quotation mark', JSON.stringify({ a: `"${'{'.repeat(1000)}` }), true],
    ['brackets behind a backslash at the end of a text', JSON.stringify(['\\', nested(500)]), true],
    ['many lists side by side', `[${'[],'.repeat(1000)}[]]`, true],
  ])('of %s', (_name, text, readable) => {
    const read = () => parseJson(text);
    if (readable) expect(read()).toEqual(JSON.parse(text));
    else expect(read).toThrow(SyntaxError);
  });

  it.each([
    [{ toString: 1 }, '[object Object]'],
    [[{ toString: 1 }], '[{"toString":1}]'],
    [null, 'null'],
    [undefined, 'undefined'],
    [7, '7'],
    [false, 'false'],
  ])('%j as text is %s', (value, text) => {
    expect(stringOf(value)).toBe(text);
  });
});
