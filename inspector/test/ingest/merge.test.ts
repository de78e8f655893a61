import { describe, expect, it } from 'vitest';
import { useInspector } from '../support/use-inspector.js';

describe('consent after a merge', () => {
  const server = useInspector();
  const consent = () => server.query('SELECT device_id, feature, granted FROM consents ORDER BY feature');

  /** Either id may be the older user: whose first request it is. */
  const ORDERS = [
    ['the old id is the older user', ['anon', 'ann']],
    ['the new id is the older user', ['ann', 'anon']],
  ] as const;
  const MAPS: Record<string, object> = {
    anon: { events: false, views: true },
    ann: { events: true, crashes: true },
  };

  it.each(ORDERS)('is that of old_device_id, and the new one where the old one has none: %s', async (_name, order) => {
    for (const id of order) await server.send({ consent: MAPS[id] }, id);
    await server.send({ old_device_id: 'anon' });
    expect(consent()).toEqual([
      { device_id: 'ann', feature: 'crashes', granted: 1 },
      { device_id: 'ann', feature: 'events', granted: 0 },
      { device_id: 'ann', feature: 'views', granted: 1 },
    ]);
  });

  it.each(ORDERS)('is then what the same request says, for each feature it names: %s', async (_name, order) => {
    for (const id of order) await server.send({ consent: MAPS[id] }, id);
    await server.send({ old_device_id: 'anon', consent: { events: true } });
    expect(consent()).toEqual([
      { device_id: 'ann', feature: 'crashes', granted: 1 },
      { device_id: 'ann', feature: 'events', granted: 1 },
      { device_id: 'ann', feature: 'views', granted: 1 },
    ]);
    expect(server.rows()).toEqual([]);
  });

  it('stays that of the new id when the old one said nothing', async () => {
    await server.send({}, 'anon');
    await server.send({ consent: { events: true } });
    await server.send({ old_device_id: 'anon' });
    expect(consent()).toEqual([{ device_id: 'ann', feature: 'events', granted: 1 }]);
  });

  it('is merged by a question to /o/sdk, too', async () => {
    await server.send({ consent: { events: false } }, 'anon');
    await server.get('/o/sdk?method=rc&app_key=APPKEY&device_id=ann&old_device_id=anon');
    expect(consent()).toEqual([{ device_id: 'ann', feature: 'events', granted: 0 }]);
  });

  it('goes over to an id that is made by the merge', async () => {
    await server.send({ consent: { events: true } }, 'anon');
    await server.send({ old_device_id: 'anon' });
    expect(consent()).toEqual([{ device_id: 'ann', feature: 'events', granted: 1 }]);
  });
});

describe('what else a merge brings together', () => {
  const server = useInspector();

  it('an event of the request that merges, once; and a late request of the old id makes a new user of it', async () => {
    await server.send({ events: [{ key: 'a' }] }, 'anon');
    await server.send({ old_device_id: 'anon', events: [{ key: 'b' }] });
    await server.send({ events: [{ key: 'c' }] }, 'anon');
    expect(server.query('SELECT device_id, event_count FROM devices ORDER BY device_id')).toEqual([
      { device_id: 'ann', event_count: 2 },
      { device_id: 'anon', event_count: 1 },
    ]);
  });

  it('known users, views and the health check', async () => {
    await server.send({ t: '0', hc: '{"el":1}' }, 'anon');
    await server.send({ events: [{ key: '[CLY]_view', segmentation: { name: '/a', visit: 1, _idv: 'v1' } }] }, 'anon');
    await server.send({ old_device_id: 'anon', t: '1' });
    await server.events({ key: '[CLY]_view', dur: 4, segmentation: { name: '/a', _idv: 'v1' } });
    expect(server.query('SELECT device_id, known, health, view_count FROM devices')).toEqual([
      { device_id: 'ann', known: 1, health: '{"el":1}', view_count: 1 },
    ]);
    expect(server.query('SELECT device_id, duration FROM views')).toEqual([{ device_id: 'ann', duration: 4 }]);
  });
});
