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
      segmentation: { plan: 'pro', first: true },
    });
    expect(
      server.query('SELECT key, count, sum, dur, segmentation, timestamp, hour, dow, event_id, extra FROM events'),
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
        extra: '{"cvid":"v1"}',
      },
    ]);
  });

  it.each([
    [undefined, 1],
    [0, 1],
    ['3', 3],
    [2.9, 2],
    [-2, -2],
    ['many', 1],
  ])('count %s is taken as %i', async (count, expected) => {
    await server.events({ key: 'a', count });
    expect(server.query('SELECT count FROM events')).toEqual([{ count: expected }]);
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

describe('views', () => {
  const server = useInspector();
  const view = (segmentation: object, rest: object = {}) => ({ key: '[CLY]_view', count: 1, segmentation, ...rest });

  it('start with visit and are completed by their end', async () => {
    await server.events(view({ name: '/home', visit: 1, start: 1, segment: 'Linux', _idv: 'v1' }));
    expect(server.query('SELECT name, view_id, landing, ended, duration FROM views')).toEqual([
      { name: '/home', view_id: 'v1', landing: 1, ended: 0, duration: null },
    ]);
    await server.events(view({ name: '/home', _idv: 'v1' }, { dur: 7.4 }));
    expect(server.query('SELECT ended, duration FROM views')).toEqual([{ ended: 1, duration: 7 }]);
  });

  it('of one name are told apart by their view id', async () => {
    await server.events(view({ name: '/a', visit: 1, _idv: 'v1' }), view({ name: '/a', visit: 1, _idv: 'v2' }));
    await server.events(view({ name: '/a', _idv: 'v1' }, { dur: 5 }));
    expect(server.query('SELECT view_id, duration FROM views ORDER BY id')).toEqual([
      { view_id: 'v1', duration: 5 },
      { view_id: 'v2', duration: null },
    ]);
  });

  it('have no duration when a time was sent instead', async () => {
    await server.events(view({ name: '/a', visit: 1 }, { dur: 1_700_000_000 }));
    expect(server.query('SELECT duration FROM views')).toEqual([{ duration: 0 }]);
  });
});
