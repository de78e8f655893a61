import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Code } from '../../src/api/contract/code.js';
import type { EventRow } from '../../src/api/contract/lists.js';
import type { ErrorGroups, EventKeys } from '../../src/api/contract/names.js';
import type { Latency } from '../../src/api/contract/numbers.js';
import type { UnitDetail } from '../../src/api/contract/people.js';
import type { Status } from '../../src/api/contract/status.js';
import { useInspector } from '../support/use-inspector.js';

const server = useInspector();
const get = async <Body>(path: string) => (await server.get(`/api/${path}`)).body as Body;
const client = { id: 'c1', name: 'default', version: '1', pid: 7, hostname: 'h', startedAt: 1 };
const offer = async (parts: object) => server.json('/inspector/client', { client, ...parts });
const method = (ref: number, methodName: string) => ({
  ref,
  className: 'Shop',
  methodName,
  isStatic: false,
  file: '/src/shop.ts',
  line: 3,
  column: 1,
  decorators: [{ decorator: '@TrackEvent', kind: 'event', key: null }],
});
const ledger = { accepted: 3, delivered: 2, pending: 0, dropped: { expired: 1 } };

async function sendAndSay(fields: object, entries: unknown): Promise<void> {
  const body = JSON.stringify({ ...server.common(), ...fields });
  await server.raw('/i', body, { 'content-type': 'application/json' });
  await offer({ made: [{ body: createHash('sha256').update(body).digest('hex'), entries }] });
}

describe('what a client tells of itself', () => {
  it('stands beside what the inspector counted', async () => {
    await offer({ ledger });
    expect((await get<Status>('status')).clients).toMatchObject([{ ...client, ledger, closed: false }]);
    await offer({ ledger, closed: true });
    expect((await get<Status>('status')).clients).toMatchObject([{ id: 'c1', closed: true }]);
  });

  it('names methods, also those that never fired, and how long the others take', async () => {
    const calls = [{ ref: 1, calls: 3, failures: 1, last: 1000, durations: [10, 20, 30] }];
    await offer({ methods: [method(1, 'pay'), method(2, 'never')], calls });
    await offer({ calls: [{ ref: 1, calls: 1, failures: 0, last: 2000, durations: [40] }] });
    const { methods, neverFired, total, offered } = await get<Code>('code');
    expect([total, neverFired, offered]).toEqual([2, 1, true]);
    expect(methods).toMatchObject([
      { label: 'Shop.never', calls: 0, fired: false, last: null },
      { label: 'Shop.pay', file: '/src/shop.ts', line: 3, calls: 4, failures: 1, last: 2000, p50: 20, p95: 40 },
    ]);
    expect((await get<Latency>('latency?of=methods')).names).toMatchObject([{ label: 'Shop.pay', count: 4 }]);
  });

  it('says of no method that it never fired while what it records has arrived from its app', async () => {
    const keyed = {
      ...method(3, 'buy'),
      decorators: [{ decorator: '@TimedEvent', kind: 'timed-event', key: 'bought' }],
    };
    const viewed = { ...method(4, 'show'), decorators: [{ decorator: '@TrackView', kind: 'view', key: 'page' }] };
    const methods = [method(1, 'pay'), method(2, 'never'), keyed, viewed];
    const { app_key: app } = server.common();
    const views = [{ key: '[CLY]_view', count: 1, segmentation: { name: 'page', visit: 1 } }];
    const events = [{ key: 'Shop_pay', count: 1 }, { key: 'bought', count: 1 }, ...views];
    await server.send({ events });
    await offer({ client: { ...client, app: 'another' }, methods });
    expect((await get<Code>('code')).neverFired).toBe(4);
    await offer({ client: { ...client, id: 'c2', app }, methods });
    const code = await get<Code>('code');
    expect(code.neverFired).toBe(1);
    expect(code.methods.map(({ label, fired, calls, arrived }) => [label, fired, calls, arrived !== null])).toEqual([
      ['Shop.buy', true, 0, true],
      ['Shop.never', false, 0, false],
      ['Shop.pay', true, 0, true],
      ['Shop.show', true, 0, true],
    ]);
  });

  it('makes one method of the same one in several processes', async () => {
    await offer({ methods: [method(1, 'pay')], calls: [{ ref: 1, calls: 1, failures: 0, last: 1, durations: [] }] });
    const other = { client: { ...client, id: 'c2' }, methods: [method(9, 'pay')] };
    await server.json('/inspector/client', {
      ...other,
      calls: [{ ref: 9, calls: 2, failures: 0, last: 1, durations: [] }],
    });
    expect((await get<Code>('code')).methods).toMatchObject([{ label: 'Shop.pay', calls: 3 }]);
  });

  it('links rows to the method and the host request that made them, and back', async () => {
    await offer({
      methods: [method(1, 'pay'), method(2, 'list')],
      units: [{ id: 'u1', title: 'GET /orders/:id', startedAt: 5, deviceId: 'ann' }],
    });
    const events = [
      { key: 'a', count: 1 },
      { key: '[CLY]_orientation' },
      { key: '', count: 1 },
      { key: 'b', count: 1 },
    ];
    await sendAndSay({ events }, [
      [
        { ref: 1, unit: 'u1' },
        { ref: null, unit: null },
        { ref: 2, unit: null },
        { ref: 2, unit: 'u1' },
      ],
    ]);
    const { keys } = await get<EventKeys>('keys');
    const makers = Object.fromEntries(keys.map(({ key, methods }) => [key, methods.map(({ label }) => label)]));
    expect(makers).toMatchObject({ a: ['Shop.pay'], b: ['Shop.list'] });
    const list = (await get<Code>('code')).methods.find(({ label }) => label === 'Shop.list');
    expect(list).toMatchObject({ made: { events: 1, views: 0 }, fired: true, calls: 0 });
    const of = await get<{ events: EventRow[] }>(`events?method=${list?.id}`);
    expect(of.events).toMatchObject([{ key: 'b', unit: 'u1' }]);
    const unit = await get<UnitDetail>('units/u1');
    expect(unit.unit).toMatchObject({ title: 'GET /orders/:id', device_id: 'ann', entries: 2, errors: 0 });
    expect(unit.items.map(({ label }) => label)).toEqual(['a', 'b']);
  });

  it('links errors by their group', async () => {
    await offer({ methods: [method(1, 'pay')] });
    await sendAndSay({ crash: { _os: 'L', _app_version: '1', _error: 'Error: x\n    at f' } }, [
      [{ ref: 1, unit: null }],
    ]);
    expect((await get<ErrorGroups>('error-groups')).groups).toMatchObject([{ methods: [{ label: 'Shop.pay' }] }]);
  });

  it('counts nothing as a request, and outlives a reset as far as it is code', async () => {
    await offer({
      ledger,
      methods: [method(1, 'pay')],
      calls: [{ ref: 1, calls: 1, failures: 0, last: 1, durations: [] }],
    });
    expect(server.query('SELECT count(*) AS n FROM requests')).toEqual([{ n: 0 }]);
    await server.json('/api/reset', {});
    expect(await get<Code>('code')).toMatchObject({ total: 1, neverFired: 1 });
    expect((await get<Status>('status')).clients).toHaveLength(1);
  });
});

describe('an offer from a stranger', () => {
  it.each([
    ['nothing', ''],
    ['no object', '[]'],
    ['no client', '{}'],
    ['no JSON', '{'],
    ['JSON without end', '['.repeat(100_000)],
  ])('is refused when it is %s', async (_what, body) => {
    expect((await server.raw('/inspector/client', body, { 'content-type': 'application/json' })).status).toBe(400);
  });

  it.each([
    ['texts in the place of lists', { methods: 'x', calls: 'x', units: 'x', made: 'x', ledger: 'x' }],
    [
      'wrong types',
      { methods: [null, 1, { ref: 'x' }], calls: [{ ref: {} }], units: [[]], made: [{ entries: [null, [null]] }] },
    ],
    ['names of objects', { ledger: JSON.parse('{"dropped":{"__proto__":1}}') as object }],
    [
      'numbers that are none',
      { ledger: { accepted: -1, pending: 'x' }, calls: [{ ref: 1, calls: -5, durations: ['x', -1] }] },
    ],
    ['long texts', { methods: [{ ref: 1, className: 'x'.repeat(1_000_000) }] }],
  ])('costs nothing with %s', async (_what, parts) => {
    expect((await offer(parts)).status).toBe(200);
    for (const path of ['status', 'code', 'units', 'latency?of=methods'])
      expect((await server.get(`/api/${path}`)).status).toBe(200);
    expect(JSON.stringify(await get('code')).length).toBeLessThan(10_000);
  });

  it('is not taken from a page of another origin, nor under a foreign name', async () => {
    const headers = { origin: 'http://evil.example' };
    const body = JSON.stringify({ client });
    expect((await fetch(`${server.url}/inspector/client`, { method: 'POST', headers, body })).status).toBe(403);
    expect((await get<Status>('status')).clients).toEqual([]);
  });
});
