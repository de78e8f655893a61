import { afterEach, describe, expect, it } from 'vitest';
import { type Recorded, recorded } from '../support/recorded.js';

describe('a timed event', () => {
  let test: Recorded;
  afterEach(() => test.close());
  const events = async () => (await test.sent()).flatMap((request) => request.events);

  it('carries the time to the microsecond, from its handle or by its key', async () => {
    test = recorded();
    const handle = test.client.startEvent('a');
    test.client.startEvent('b');
    test.clock.advance(1234.5678);
    handle.end({ sum: 2, segmentation: { x: 1 } });
    handle.end();
    test.client.endEvent('b', { count: 3 });
    expect(await events()).toMatchObject([
      { key: 'a', dur: 1.234568, sum: 2, segmentation: { x: 1 } },
      { key: 'b', dur: 1.234568, count: 3 },
    ]);
  });

  it('may run several times under one key; the last started ends first', async () => {
    test = recorded();
    const first = test.client.startEvent('a');
    test.clock.advance(1000);
    test.client.startEvent('a');
    test.clock.advance(1000);
    test.client.startEvent('a');
    test.clock.advance(1000);
    test.client.endEvent('a');
    first.end();
    test.client.endEvent('a');
    test.client.endEvent('a');
    expect((await events()).map((event) => event['dur'])).toEqual([1, 3, 2]);
    expect(test.warnings).toHaveLength(1);
  });

  it('can be cancelled', async () => {
    test = recorded();
    test.client.startEvent('a').cancel();
    test.client.startEvent('b');
    expect(test.client.cancelEvent('b')).toBe(true);
    expect(test.client.cancelEvent('b')).toBe(false);
    expect(await events()).toEqual([]);
  });

  it('follows the monotonic clock, not the clock on the wall', async () => {
    test = recorded();
    const handle = test.client.startEvent('a');
    test.clock.advance(500);
    test.clock.setNow(1_600_000_000_000);
    handle.end();
    expect((await events())[0]).toMatchObject({ dur: 0.5 });
  });

  it('of one unit of work is not found by another one, but that of the device is', async () => {
    test = recorded();
    const one = test.client.scope({ deviceId: 'd' });
    const other = test.client.scope({ deviceId: 'd' });
    one.startEvent('mine');
    test.client.device('d').startEvent('ours');
    expect(other.cancelEvent('mine')).toBe(false);
    expect(other.cancelEvent('ours')).toBe(true);
    expect(one.cancelEvent('mine')).toBe(true);
  });

  it('cannot fill the memory by never ending', () => {
    test = recorded();
    const first = test.client.startEvent('leak');
    for (let i = 0; i < 600; i++) test.client.startEvent('leak');
    first.end();
    expect(test.client.stats().accepted).toBe(0);
  });
});

describe('a timed trace', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it('is a device trace with the time between, and further measurements', async () => {
    test = recorded();
    const startedAt = test.clock.now();
    const handle = test.client.startTrace('import');
    test.client.startTrace('named');
    test.client.startTrace('never');
    test.clock.advance(250);
    handle.end({ rows: 12 });
    test.client.endTrace('named');
    expect(test.client.cancelTrace('never')).toBe(true);
    test.client.endTrace('unknown');
    expect((await test.contents()).map(({ apm }) => apm)).toEqual([
      {
        type: 'device',
        name: 'import',
        apm_metrics: { duration: 250, rows: 12 },
        stz: startedAt,
        etz: startedAt + 250,
      },
      { type: 'device', name: 'named', apm_metrics: { duration: 250 }, stz: startedAt, etz: startedAt + 250 },
    ]);
  });

  it('can be forgotten with all others', async () => {
    test = recorded();
    const handle = test.client.startTrace('a');
    test.client.cancelAllTraces();
    handle.end();
    expect(await test.contents()).toEqual([]);
  });
});
