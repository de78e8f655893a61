import { beforeEach, describe, expect, it } from 'vitest';
import type { Breakdown, Funnel, Histogram, Latency, Segments, Series } from '../../src/api/contract/numbers.js';
import { useInspector } from '../support/use-inspector.js';

const server = useInspector();
const get = async <Body>(path: string) => (await server.get(`/api/${path}`)).body as Body;
const view = (name: string, timestamp: number) => ({
  key: '[CLY]_view',
  count: 1,
  timestamp,
  segmentation: { name, visit: 1 },
});

describe('numbers of any segment', () => {
  beforeEach(async () => {
    const orders = Array.from({ length: 10 }, (_, n) => ({
      key: 'order',
      count: 1,
      sum: n,
      dur: (n + 1) / 10,
      segmentation: { price: n * 10, plan: n < 7 ? 'pro' : 'free', tags: ['a', n < 2 ? 'b' : 'a'], gift: n === 0 },
    }));
    await server.events(...orders, { key: 'order', count: 5 });
  });

  it('are spread over buckets', async () => {
    const histogram = await get<Histogram>('histogram?key=order&field=segment:price&buckets=3');
    expect(histogram).toMatchObject({ measured: 11, rows: 11, count: 10, min: 0, max: 90, mean: 45, p50: 40, p95: 90 });
    expect(histogram.buckets).toEqual([
      { from: 0, to: 30, count: 3 },
      { from: 30, to: 60, count: 3 },
      { from: 60, to: 90, count: 4 },
    ]);
    expect(await get<Histogram>('histogram?key=order&field=dur')).toMatchObject({ min: 0.1, max: 1 });
    expect(await get<Histogram>('histogram?key=nothing')).toMatchObject({ count: 0, min: null, buckets: [] });
  });

  it('are broken down by value, lists by each element', async () => {
    const plans = await get<Breakdown>('breakdown?key=order&segment=plan&limit=2');
    expect(plans.values).toEqual([
      { value: 'pro', events: 7, count: 7, sum: 21, devices: 1 },
      { value: 'free', events: 3, count: 3, sum: 24, devices: 1 },
    ]);
    expect(plans.others).toBe(1);
    const tags = await get<Breakdown>('breakdown?key=order&segment=tags');
    expect(tags.values.map(({ value, events }) => [value, events])).toEqual([
      ['a', 10],
      ['b', 2],
      [null, 1],
    ]);
  });

  it('have segments that say what they hold', async () => {
    expect((await get<Segments>('segments?key=order')).segments).toEqual([
      { name: 'price', kind: 'number', rows: 10 },
      { name: 'plan', kind: 'text', rows: 10 },
      { name: 'tags', kind: 'list', rows: 10 },
      { name: 'gift', kind: 'flag', rows: 10 },
    ]);
  });

  it.each([
    ['histogram?key=order&field=password', 'field'],
    ['histogram?of=everything&key=order', 'of'],
    ['histogram?key=order&window=2m', 'window'],
    ['breakdown?key=order', 'segment'],
    ['breakdown?segment=plan', 'key'],
    ['funnel?step=event:order', 'step'],
    ['funnel?step=event:a&step=click:b', 'step'],
    ['search?q=order&kind=secret', 'kind'],
    ['events?cursor=x', 'cursor'],
    ['latency?of=people', 'of'],
  ])('are not asked for by %s', async (path, parameter) => {
    const { status, body } = await server.get(`/api/${path}`);
    expect(status).toBe(400);
    expect((body as { error: string }).error).toMatch(new RegExp(`^parameter "${parameter}": expected .+, got `));
  });
});

describe('a funnel', () => {
  const start = Date.now() - 600_000;

  beforeEach(async () => {
    const steps = ['login', '/cart', 'checkout'];
    const people: Array<readonly [string, number, number]> = [
      ['ann', 3, 1000],
      ['bob', 2, 5000],
      ['cid', 1, 0],
    ];
    for (const [device, reached, pause] of people) {
      const events = steps
        .slice(0, reached)
        .map((step, n) =>
          step === '/cart' ? view(step, start + n * pause) : { key: step, count: 1, timestamp: start + n * pause },
        );
      await server.send({ events }, device);
    }
    // The other way round does not count.
    await server.send({ events: [{ key: 'checkout', count: 1, timestamp: start - 1000 }] }, 'bob');
  });

  it('counts people in the order of the steps, with the time between', async () => {
    const { steps } = await get<Funnel>('funnel?step=event:login&step=view:/cart&step=event:checkout');
    expect(steps).toEqual([
      { kind: 'event', key: 'login', people: 3, share: 1, p50: null, p95: null },
      { kind: 'view', key: '/cart', people: 2, share: 2 / 3, p50: 1000, p95: 5000 },
      { kind: 'event', key: 'checkout', people: 1, share: 1 / 3, p50: 1000, p95: 1000 },
    ]);
  });

  it('takes only those who were quick enough', async () => {
    const { steps } = await get<Funnel>('funnel?step=event:login&step=view:/cart&within=2000');
    expect(steps.map(({ people }) => people)).toEqual([3, 1]);
  });
});

describe('how it developed', () => {
  it('is told by slots of any window', async () => {
    await server.events({ key: 'a', count: 1, dur: 0.5 }, { key: 'a', count: 1, dur: 1.5 }, view('/x', Date.now() - 5));
    await server.send({ app_key: '' });
    for (const window of ['1m', '5m', '30m', 'all']) {
      const series = await get<Series>(`series?window=${window}`);
      const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
      expect([sum(series.events), sum(series.views), sum(series.requests), sum(series.rejected)]).toEqual([2, 1, 2, 1]);
      expect(series.at).toHaveLength(series.events.length);
      expect(series.at.at(1)).toBe((series.at[0] ?? 0) + series.step);
      const latency = await get<Latency>(`latency?of=events&window=${window}`);
      expect(latency.names).toMatchObject([{ id: 'a', label: 'a', count: 2, p50: 500, p95: 1500, max: 1500 }]);
      expect(latency.names[0]?.series.filter((slot) => slot !== null)).toEqual([{ count: 2, p50: 500, p95: 1500 }]);
    }
  });
});
