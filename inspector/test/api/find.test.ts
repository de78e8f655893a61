import { beforeEach, describe, expect, it } from 'vitest';
import type { Timeline } from '../../src/api/contract/people.js';
import type { Search } from '../../src/api/contract/search.js';
import { useInspector } from '../support/use-inspector.js';

type Page = { events: { id: number; key: string }[]; total: number; next: string | null };

const server = useInspector();
const get = async <Body>(path: string) => (await server.get(`/api/${path}`)).body as Body;

describe('a search over everything', () => {
  const find = async (q: string, rest = '') => get<Search>(`search?q=${encodeURIComponent(q)}${rest}`);
  const labels = ({ hits }: Search) => hits.map(({ kind, label }) => `${kind} ${label}`);

  beforeEach(async () => {
    await server.send(
      { events: [{ key: 'order_placed', count: 1, segmentation: { city: 'Köln', plan: 'pro' } }] },
      'ann-42',
    );
    const crash = {
      _os: 'L',
      _app_version: '1',
      _error: 'TypeError: broken\n    at payInvoice',
      _logs: 'clicked checkout',
    };
    await server.send({ crash }, 'bob-7');
  });

  it.each([
    ['a key', 'order_placed', ['event order_placed']],
    ['the beginning of a word', 'orde', ['event order_placed']],
    ['a value of a segment, also with accents', 'köln', ['event order_placed']],
    ['several words', 'pro ann', ['event order_placed']],
    ['a stack', 'payInvoice', ['error TypeError: broken']],
    ['a breadcrumb', 'clicked', ['error TypeError: broken']],
    ['a person', 'bob-7', ['device bob-7', 'error TypeError: broken']],
    ['nothing that is there', 'zzz', []],
    ['no word at all', '"*()^:-', []],
    ['what would be syntax', 'order OR NOT NEAR(', []],
  ])('finds by %s', async (_what, q, expected) => {
    const found = await find(q);
    expect(labels(found).sort()).toEqual(expected);
    expect(found).toMatchObject({ total: expected.length, complete: true, atLeast: false });
  });

  it('shows where the word stands', async () => {
    const { hits } = await find('clicked');
    expect(hits[0]).toMatchObject({
      device_id: 'bob-7',
      excerpt: expect.stringContaining('clicked checkout') as string,
    });
    expect(hits[0]?.excerpt.indexOf('clicked')).toBeLessThan(25);
  });

  it('goes on page by page, the newest first, also within one kind', async () => {
    await server.events(...Array.from({ length: 5 }, (_, n) => ({ key: `step_${n}`, count: 1 })));
    const first = await find('step', '&limit=2&kind=event');
    expect(labels(first)).toEqual(['event step_4', 'event step_3']);
    expect(first.total).toBe(5);
    const second = await find('step', `&limit=2&kind=event&cursor=${first.next}`);
    expect(labels(second)).toEqual(['event step_2', 'event step_1']);
    const third = await find('step', `&limit=2&kind=event&cursor=${second.next}`);
    expect(labels(third)).toEqual(['event step_0']);
    expect(third.next).toBeNull();
    expect((await find('step', '&kind=error')).total).toBe(0);
  });

  it('finds nothing of before a reset', async () => {
    await find('order');
    await server.json('/api/reset', {});
    expect((await find('order')).total).toBe(0);
    await server.events({ key: 'order_again', count: 1 });
    expect(labels(await find('order'))).toEqual(['event order_again']);
  });
});

describe('a list', () => {
  it('is read page by page until its end', async () => {
    await server.events(...Array.from({ length: 7 }, (_, n) => ({ key: `k${n}`, count: 1 })));
    const seen: string[] = [];
    let cursor = '';
    for (let page = 0; page < 4; page += 1) {
      const { events, total, next } = await get<Page>(`events?limit=3&cursor=${cursor}`);
      seen.push(...events.map(({ key }) => key));
      expect(total).toBe(7);
      if (next === null) break;
      cursor = next;
    }
    expect(seen).toEqual(['k6', 'k5', 'k4', 'k3', 'k2', 'k1', 'k0']);
    expect((await get<Page>('events?after=5')).events.map(({ key }) => key)).toEqual(['k6', 'k5']);
  });

  it('of people goes on where the page ended, and is searched by id and by name', async () => {
    for (const device of ['ann', 'a.b/c', 'b%_'])
      await server.send({ user_details: { name: `Name of ${device}` } }, device);
    for (const list of ['devices', 'profiles']) {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: Record<string, unknown> = await get(`${list}?limit=1&cursor=${encodeURIComponent(cursor)}`);
        seen.push(...(page[list] as { device_id: string }[]).map(({ device_id }) => device_id));
        cursor = page['next'] as string | null;
      }
      expect(seen.sort()).toEqual(['a.b/c', 'ann', 'b%_']);
    }
    const named = async (q: string) =>
      (await get<{ devices: unknown[]; total: number }>(`devices?q=${encodeURIComponent(q)}`)).total;
    expect(await named('nn')).toBe(1);
    expect(await named('name OF a')).toBe(2);
    expect(await named('%')).toBe(1);
  });
});

describe('a timeline', () => {
  it('tells what took time as spans, and goes back page by page', async () => {
    const at = Date.now() - 60_000;
    await server.begin({ timestamp: at });
    await server.send({
      timestamp: at + 10_000,
      events: [
        { key: '[CLY]_view', count: 1, timestamp: at + 1000, segmentation: { name: '/a', visit: 1 } },
        { key: 'pay', count: 1, dur: 2, timestamp: at + 5000 },
        { key: '[CLY]_view', count: 1, dur: 4, timestamp: at + 6000, segmentation: { name: '/a' } },
      ],
    });
    const stz = at + 3000;
    await server.send({
      timestamp: at + 3500,
      apm: {
        type: 'network',
        name: 'GET /x',
        apm_metrics: { response_time: 500, response_code: 500, request_payload_size: 0, response_payload_size: 0 },
        stz,
        etz: stz + 500,
      },
    });
    await server.send({ timestamp: at + 20_000, end_session: 1, session_duration: 20 });
    const { items, before, device } = await get<Timeline>('devices/ann/timeline');
    const spans = items
      .filter(({ kind }) => kind !== 'problem')
      .map(({ kind, label, from, to, bad }) => [kind, label, from - at, to === null ? null : to - at, bad]);
    expect(spans).toEqual(
      [
        ['session', 'session, 20 s', 0, 20_000, false],
        ['trace', 'GET /x', 3000, 3500, true],
        ['event', 'pay', 3000, 5000, false],
        ['view', '/a', 1000, 5000, false],
      ].sort((one, other) => Number(one[2]) - Number(other[2])),
    );
    expect(before).toBeNull();
    expect(device.device_id).toBe('ann');
    const page = await get<Timeline>('devices/ann/timeline?limit=2');
    expect(page.items).toHaveLength(2);
    expect(page.before).toBeGreaterThan(at);
    expect((await server.get('/api/devices/nobody/timeline')).status).toBe(404);
  });

  it('belongs to an id, whatever stands in it', async () => {
    await server.send({ events: [{ key: 'a', count: 1 }] }, 'x/timeline');
    expect((await get<Timeline>(`devices/${encodeURIComponent('x/timeline')}/timeline`)).device.device_id).toBe(
      'x/timeline',
    );
    expect(
      (await get<{ device: { device_id: string } }>(`devices/${encodeURIComponent('x/timeline')}`)).device.device_id,
    ).toBe('x/timeline');
  });
});
