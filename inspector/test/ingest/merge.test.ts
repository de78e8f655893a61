import { describe, expect, it } from 'vitest';
import { useInspector } from '../support/use-inspector.js';

describe('consent after a merge', () => {
  const server = useInspector();
  const consent = () => server.query('SELECT device_id, feature, granted FROM consents ORDER BY feature');

  it("is the older document's where the two differ", async () => {
    await server.send({ consent: { events: false, views: true } }, 'anon');
    await server.send({ consent: { events: true, crashes: true } });
    await server.send({ old_device_id: 'anon' });
    expect(consent()).toEqual([
      { device_id: 'ann', feature: 'crashes', granted: 1 },
      { device_id: 'ann', feature: 'events', granted: 0 },
      { device_id: 'ann', feature: 'views', granted: 1 },
    ]);
  });

  it('stays when the new id has the older document', async () => {
    await server.send({ consent: { events: true } });
    await server.send({ consent: { events: false, views: false } }, 'anon');
    await server.send({ old_device_id: 'anon' });
    expect(consent()).toEqual([
      { device_id: 'ann', feature: 'events', granted: 1 },
      { device_id: 'ann', feature: 'views', granted: 0 },
    ]);
  });

  it('is that of the merge when it carries the map', async () => {
    await server.send({ consent: { events: false } }, 'anon');
    await server.send({ old_device_id: 'anon', consent: { events: true } });
    expect(consent()).toEqual([{ device_id: 'ann', feature: 'events', granted: 1 }]);
    expect(server.rows()).toEqual([]);
  });

  it('goes over to an id that is made by the merge, whose document is the younger one', async () => {
    await server.send({ consent: { events: true } }, 'anon');
    await server.send({ old_device_id: 'anon' });
    expect(consent()).toEqual([{ device_id: 'ann', feature: 'events', granted: 1 }]);
  });
});

describe('what else a merge brings together', () => {
  const server = useInspector();

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
