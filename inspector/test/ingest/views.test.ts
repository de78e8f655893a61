import { describe, expect, it } from 'vitest';
import { useInspector } from '../support/use-inspector.js';

describe('views', () => {
  const server = useInspector();
  const view = (segmentation: object, rest: object = {}) => ({ key: '[CLY]_view', count: 1, segmentation, ...rest });
  const counted = () =>
    server.query('SELECT name, sum(visit) AS visits, sum(duration) AS seconds FROM views GROUP BY name ORDER BY name');

  it.each([
    ['without a start', { name: '/a' }],
    ['with visit 0', { name: '/a', visit: 0 }],
    ['with the id of no view', { name: '/a', _idv: 'v9' }],
  ])('that end %s add their seconds to the named view', async (_name, segmentation) => {
    await server.events(view(segmentation, { dur: 7 }), view(segmentation, { dur: 5 }));
    expect(counted()).toEqual([{ name: '/a', visits: 0, seconds: 12 }]);
    expect(server.query('SELECT view_count FROM devices')).toEqual([{ view_count: 0 }]);
  });

  it('that end under another name add their seconds to that one', async () => {
    await server.events(view({ name: '/a', visit: 1, _idv: 'v1' }));
    await server.events(view({ name: '/b', _idv: 'v1' }, { dur: 9 }));
    expect(counted()).toEqual([
      { name: '/a', visits: 1, seconds: null },
      { name: '/b', visits: 0, seconds: 9 },
    ]);
  });

  it('that end without a start and without seconds are nothing', async () => {
    await server.events(view({ name: '/a' }));
    expect(counted()).toEqual([]);
  });

  it('of which several are open at once end each by its own id', async () => {
    const names = ['/a', '/b', '/c'];
    for (const name of names) await server.events(view({ name, visit: 1, _idv: `id-${name}` }));
    await server.events(...names.map((name, index) => view({ name, _idv: `id-${name}` }, { dur: index + 1 })));
    expect(server.query('SELECT name, duration, ended FROM views ORDER BY id')).toEqual([
      { name: '/a', duration: 1, ended: 1 },
      { name: '/b', duration: 2, ended: 1 },
      { name: '/c', duration: 3, ended: 1 },
    ]);
    expect(server.rows()).toEqual([]);
  });

  const open = (name: string, id: string) => view({ name, visit: 1, _idv: id });
  const end = (name: string, id: string, dur: number) => view({ name, _idv: id }, { dur });
  const SENT = [
    open('/a', '1'),
    open('/a', '2'),
    open('/b', '3'),
    end('/b', '3', 5),
    end('/a', '1', 7),
    end('/a', '2', 9),
  ];

  it.each([
    ['in one request', [SENT]],
    ['in a request each', SENT.map((one) => [one])],
    ['in two requests', [SENT.slice(0, 4), SENT.slice(4)]],
    ['in one request, the other end first', [[...SENT.slice(0, 3), SENT[5], SENT[4], SENT[3]]]],
  ])('of one name and of several that are open at once keep their own seconds: %s', async (_name, requests) => {
    for (const events of requests) await server.events(...events);
    expect(counted()).toEqual([
      { name: '/a', visits: 2, seconds: 16 },
      { name: '/b', visits: 1, seconds: 5 },
    ]);
    expect(server.query('SELECT view_id, duration FROM views ORDER BY view_id')).toEqual([
      { view_id: '1', duration: 7 },
      { view_id: '2', duration: 9 },
      { view_id: '3', duration: 5 },
    ]);
  });

  const DAY = 86_400_000;
  const days = () => server.query('SELECT name, timestamp FROM views ORDER BY id');

  it('of a request all have the time of its last event; other events keep their own', async () => {
    const now = server.next();
    const october = now - 30 * DAY;
    await server.events(
      { ...view({ name: '/a', visit: 1 }), timestamp: now },
      { ...view({ name: '/b', visit: 1 }), timestamp: now - DAY },
      { key: 'order', timestamp: now - 2 * DAY },
      { key: 'order', timestamp: october },
    );
    expect(days()).toEqual([
      { name: '/a', timestamp: october },
      { name: '/b', timestamp: october },
    ]);
    expect(server.query("SELECT timestamp FROM events WHERE key = 'order' ORDER BY id")).toEqual([
      { timestamp: now - 2 * DAY },
      { timestamp: october },
    ]);
  });

  it('have the time of the request when the last event has none, or is none that counts', async () => {
    const timestamp = server.next();
    const home = { ...view({ name: '/a', visit: 1 }), timestamp: timestamp - DAY };
    await server.send({ timestamp, events: [home, { key: 'order' }] });
    await server.send({
      timestamp: timestamp + 1,
      events: [home, { key: '[CLY]_mine', timestamp: timestamp - 5 * DAY }],
    });
    expect(days()).toEqual([
      { name: '/a', timestamp },
      { name: '/a', timestamp: timestamp - DAY },
    ]);
  });

  it('that end with negative seconds lose them, and their count is not looked at', async () => {
    await server.events({ ...open('/a', '1'), count: 7 });
    await server.events(end('/a', '1', 9), end('/a', '1', -4));
    expect(counted()).toEqual([{ name: '/a', visits: 1, seconds: 5 }]);
    expect(server.query('SELECT view_count FROM devices')).toEqual([{ view_count: 1 }]);
    expect(server.messages(15)).toEqual([]);
  });

  const visitors = () => server.query('SELECT name, sum(new_visitor) AS n FROM views GROUP BY name ORDER BY name');
  const start = (name: string) => view({ name, visit: 1 });

  it("count each start in a visitor's first request with views as a unique visitor", async () => {
    await server.events(...Array.from({ length: 5 }, () => start('/a')), start('/b'));
    await server.events(start('/a'), start('/a'), start('/b'));
    expect(visitors()).toEqual([
      { name: '/a', n: 5 },
      { name: '/b', n: 1 },
    ]);
  });

  it('count one unique visitor when the starts come one by one', async () => {
    for (let time = 0; time < 5; time += 1) await server.events(start('/a'));
    await server.send({ events: [start('/a')] }, 'bob');
    expect(visitors()).toEqual([{ name: '/a', n: 2 }]);
  });

  it('of a known visitor count one unique visitor of a new name, however often it starts', async () => {
    await server.events(start('/a'));
    await server.events(start('/b'), start('/b'), start('/b'));
    expect(visitors()).toEqual([
      { name: '/a', n: 1 },
      { name: '/b', n: 1 },
    ]);
  });

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
