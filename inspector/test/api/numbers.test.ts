import { describe, expect, it } from 'vitest';
import { useInspector } from '../support/use-inspector.js';

interface Summary {
  totals: Record<string, number>;
  activity: Array<{ requests: number; events: number }>;
}

describe('numbers', () => {
  const server = useInspector();
  const get = async <Body>(path: string) => (await server.get(`/api/${path}`)).body as Body;
  const visit = (name: string) => ({ key: '[CLY]_view', count: 1, segmentation: { name, visit: 1 } });

  it('of events mean the same everywhere: without views', async () => {
    await server.events({ key: 'a', count: 5 }, { key: 'b', count: 1 }, visit('/x'), visit('/y'));
    await server.json('/i/bulk', { requests: [{ ...server.common('bob'), events: [{ key: 'a' }, visit('/x')] }] });
    const { totals, activity } = await get<Summary>('summary');
    expect(totals).toMatchObject({ events: 3, views: 3 });
    expect(activity.reduce((sum, minute) => sum + minute.events, 0)).toBe(3);
    const { keys } = await get<{ keys: Array<{ key: string; events: number }> }>('keys');
    expect(keys.map(({ key, events }) => [key, events])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(server.query('SELECT sum(event_count) AS e, sum(view_count) AS v FROM devices')).toEqual([{ e: 3, v: 3 }]);
    expect(server.query('SELECT sum(event_count) AS e, sum(view_count) AS v FROM requests')).toEqual([{ e: 3, v: 3 }]);
  });

  it('of problems count each occurrence, in the total as in the groups', async () => {
    await server.events(...Array.from({ length: 7 }, () => ({ key: 'a', count: 0 })), { key: 'b', count: 0 });
    expect((await get<Summary>('summary')).totals).toMatchObject({ problems_w: 8, problems_e: 0 });
    expect(await get('problem-groups')).toMatchObject({ groups: [{ row: 15, occurrences: 8, findings: 2 }] });
  });

  it('of views count visits, not seconds without one', async () => {
    await server.events({ key: '[CLY]_view', dur: 4, segmentation: { name: '/a' } }, visit('/b'));
    expect((await get<Summary>('summary')).totals).toMatchObject({ views: 1 });
    expect(await get('view-names')).toMatchObject({
      total: 2,
      names: [
        { name: '/b', visits: 1, visitors: 1 },
        { name: '/a', visits: 0, visitors: 0, seconds: 4 },
      ],
    });
    expect(await get('views?visit=1')).toMatchObject({ total: 1, views: [{ name: '/b' }] });
  });

  it.each([
    ['events?limit=2', 'events', 2, 5],
    ['events?limit=2&key=k1', 'events', 1, 1],
    ['events?limit=2&without=k1', 'events', 2, 4],
    ['events?limit=2&before=3', 'events', 2, 5],
    ['entries?limit=1', 'entries', 1, 5],
    ['requests?limit=3', 'requests', 3, 5],
    ['devices?limit=1', 'devices', 1, 2],
    ['events?device=nobody', 'events', 0, 0],
  ])('of a list say how many there are: %s', async (path, name, length, total) => {
    for (let n = 0; n < 5; n += 1) await server.send({ events: [{ key: `k${n}`, count: 1 }] }, n === 0 ? 'bob' : 'ann');
    const body = await get<Record<string, unknown[]> & { total: number }>(path);
    expect([body[name]?.length, body.total]).toEqual([length, total]);
  });

  it('are of all rows, however many there are', async () => {
    const events = Array.from({ length: 20_000 }, (_, n) => ({ key: n === 0 ? 'first' : 'rest', count: 1 }));
    for (let time = 0; time < 3; time += 1) await server.events(...events);
    expect(await get('keys')).toMatchObject({
      total: 2,
      keys: [
        { key: 'rest', events: 59_997, count: 59_997 },
        { key: 'first', events: 3, count: 3 },
      ],
    });
    expect((await get<Summary>('summary')).totals).toMatchObject({ events: 60_000 });
  }, 30_000);

  it('stay bounded when names are made of data, and lose nothing', async () => {
    const events = Array.from({ length: 21_000 }, (_, n) => ({ key: `key-${n}`, count: 1 }));
    await server.events(...events);
    const { keys, total } = await get<{ keys: Array<{ key: string; events: number }>; total: number }>('keys');
    expect(total).toBe(20_001);
    expect(keys[0]).toMatchObject({ key: '(others)', events: 1000 });
    expect(await get('events?key=key-20999&limit=1')).toMatchObject({ total: 1, events: [{ key: 'key-20999' }] });
    expect((await get<Summary>('summary')).totals).toMatchObject({ events: 21_000 });
  }, 30_000);
});
