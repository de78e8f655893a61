import { describe, expect, it } from 'vitest';
import { useInspector } from '../support/use-inspector.js';

describe('events', () => {
  const server = useInspector();

  it('are stored with count, sum, duration, segmentation and time', async () => {
    const timestamp = server.next();
    await server.events({
      key: 'order',
      count: 2,
      sum: 9.123456789,
      dur: 1.5,
      timestamp,
      hour: 10,
      dow: 0,
      id: 'e1',
      cvid: 'v1',
      pvid: 'v0',
      peid: 'e0',
      screen: 'cart',
      segmentation: { plan: 'pro', first: true },
    });
    expect(
      server.query(
        'SELECT key, count, sum, dur, segmentation, timestamp, hour, dow, event_id, pvid, cvid, peid, extra FROM events',
      ),
    ).toEqual([
      {
        key: 'order',
        count: 2,
        sum: 9.12346,
        dur: 1.5,
        segmentation: '{"plan":"pro","first":true}',
        timestamp,
        hour: 10,
        dow: 0,
        event_id: 'e1',
        pvid: 'v0',
        cvid: 'v1',
        peid: 'e0',
        extra: '{"screen":"cart"}',
      },
    ]);
  });

  it.each([
    [1.000004, 1],
    [0.1 + 0.2, 0.3],
    [-2.123456, -2.12346],
    [1e300, 1e300],
    ['9.5', 9.5],
    ['-2', -2],
    ['1e-5', 0.00001],
  ])('a sum of %s is rounded to %s', async (sum, expected) => {
    await server.events({ key: 'a', sum });
    expect(server.query('SELECT sum FROM events')).toEqual([{ sum: expected }]);
  });

  it('take hour and day of the week from the request, where 0 is a text', async () => {
    await server.send({ hour: '0', dow: '0', events: [{ key: 'text', count: 1 }] });
    await server.send({ hour: 0, dow: 0, events: [{ key: 'number', count: 1 }] });
    await server.send({ hour: 5, dow: 6, events: [{ key: 'own', count: 1, hour: 0, dow: 0 }] });
    expect(server.query('SELECT key, hour, dow FROM events ORDER BY id')).toEqual([
      { key: 'text', hour: 0, dow: 0 },
      { key: 'number', hour: null, dow: null },
      { key: 'own', hour: 0, dow: 0 },
    ]);
  });

  it.each([
    ['0.0000001', 0.0000001],
    ['-0.000004', -0.000004],
    ['the text 4e-6', '4e-6'],
  ])('a sum of %s only rounds to 0 and counts 1', async (_name, sum) => {
    await server.events({ key: 'a', sum });
    expect(server.query('SELECT sum FROM events')).toEqual([{ sum: 1 }]);
  });

  it.each([0, '0', '5x', true, null, '', {}])('a sum of %j is none, and so is such a duration', async (value) => {
    await server.events({ key: 'a', sum: value, dur: value });
    expect(server.query('SELECT sum, dur FROM events')).toEqual([{ sum: null, dur: null }]);
  });

  it('below 0 are subtracted: counts, sums, durations', async () => {
    await server.events({ key: 'a', count: 5, sum: 8, dur: 3 }, { key: 'a', count: -2, sum: -0.5, dur: '-1.25' });
    const total = 'SELECT sum(count) AS count, sum(sum) AS sum, sum(dur) AS dur FROM events';
    expect(server.query(total)).toEqual([{ count: 3, sum: 7.5, dur: 1.75 }]);
  });

  it('without count have no time of day, whoever told it', async () => {
    await server.send({
      hour: '5',
      dow: '6',
      events: [{ key: 'a' }, { key: 'b', hour: 1, dow: 2 }, { key: 'c', count: 0 }],
    });
    expect(server.query('SELECT key, count, hour, dow FROM events ORDER BY id')).toEqual([
      { key: 'a', count: 1, hour: null, dow: null },
      { key: 'b', count: 1, hour: null, dow: null },
      { key: 'c', count: 1, hour: 5, dow: 6 },
    ]);
  });

  it.each([
    ['a key', [{ key: 'a' }, { key: 'b\0' }]],
    ['a segment name', [{ key: 'a', segmentation: { 'x\0': 1 } }, { key: 'b' }]],
  ])('are all lost when %s holds a NUL', async (_name, events) => {
    expect((await server.events(...events)).status).toBe(200);
    expect(server.query('SELECT key FROM events')).toEqual([]);
    expect(server.query('SELECT outcome, info FROM entries')).toEqual([
      { outcome: 'lost', info: 'NUL in an event key or a segment name' },
    ]);
  });

  it('stay when a NUL stands where it does no harm', async () => {
    await server.events({ key: 'a', segmentation: { text: 'x\0' } });
    await server.events({ key: '[CLY]_view', segmentation: { name: '/a\0', visit: 1 } });
    expect(server.query('SELECT key FROM events ORDER BY id')).toEqual([{ key: 'a' }, { key: '[CLY]_view' }]);
  });

  it('of a rating without widget belong to the widget "undefined"', async () => {
    await server.events(
      { key: '[CLY]_star_rating', segmentation: { rating: 5 } },
      { key: '[CLY]_star_rating', segmentation: { rating: 4, widget_id: 'w1' } },
    );
    expect(server.query(`SELECT segmentation ->> '$.widget_id' AS widget FROM events ORDER BY id`)).toEqual([
      { widget: 'undefined' },
      { widget: 'w1' },
    ]);
  });

  it.each([
    [undefined, 1],
    [0, 1],
    ['3', 3],
    [2.9, 2],
    [-2, -2],
    ['many', 1],
    ['12x', 1],
    [9e18, Number.MAX_SAFE_INTEGER],
    [-1e300, -Number.MAX_SAFE_INTEGER],
  ])('count %s is taken as %i', async (count, expected) => {
    await server.events({ key: 'a', count });
    expect(server.query('SELECT count FROM events')).toEqual([{ count: expected }]);
  });

  it('with a time nobody can read happened now, not when their request did', async () => {
    const before = Date.now();
    await server.events({ key: 'iso', timestamp: '2020-01-01T00:00:00Z' }, { key: 'text', timestamp: '1700000000' });
    const [iso, text] = server.query<{ timestamp: number }>('SELECT timestamp FROM events ORDER BY id');
    expect(iso?.timestamp).toBeGreaterThanOrEqual(before);
    expect(text?.timestamp).toBe(1_700_000_000_000);
  });

  it('without their own time have the time of the request', async () => {
    const timestamp = server.next();
    await server.json('/i', { ...server.common(), timestamp, events: [{ key: 'a' }] });
    expect(server.query('SELECT timestamp FROM events')).toEqual([{ timestamp }]);
  });

  it('a server would drop are not stored', async () => {
    await server.events({ key: '' }, { key: 'x'.repeat(128) }, { key: '[CLY]_unknown' }, { key: '[CLY]_crash' }, 7, {
      key: 'kept',
    });
    expect(server.query('SELECT key FROM events')).toEqual([{ key: 'kept' }]);
  });

  it('are all lost when one of them is null', async () => {
    expect((await server.events({ key: 'a' }, null, { key: 'b' })).status).toBe(200);
    expect(server.query('SELECT * FROM events')).toEqual([]);
  });

  it('that are no readable JSON are dropped with Success, the rest of the request stays', async () => {
    const answer = await server.form('/i', {
      app_key: 'K',
      device_id: 'ann',
      timestamp: '1700000000000',
      events: '[{"key":',
      begin_session: '1',
    });
    expect(answer).toEqual({ status: 200, body: { result: 'Success' } });
    expect(server.query('SELECT count(*) AS n FROM sessions')).toEqual([{ n: 1 }]);
    expect(server.query('SELECT * FROM events')).toEqual([]);
  });

  it('count on their device', async () => {
    await server.events({ key: 'a' }, { key: 'b' });
    await server.events({ key: 'a' });
    expect(server.query('SELECT event_count, request_count FROM devices')).toEqual([
      { event_count: 3, request_count: 2 },
    ]);
  });
});
