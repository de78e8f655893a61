import { describe, expect, it } from 'vitest';
import { useInspector } from '../support/use-inspector.js';

describe('a user', () => {
  const server = useInspector();
  const user = (columns: string) => server.query(`SELECT ${columns} FROM devices`);

  it.each([
    ['the text 0', '0', 0, 1],
    ['the text 1', '1', 1, 0],
    ['the number 2', 2, 2, 0],
    ['the number 0', 0, null, 0],
    ['nothing', undefined, null, 0],
  ])('is known when t is %s', async (_name, t, type, known) => {
    await server.send({ t });
    expect(user('id_type, known')).toEqual([{ id_type: type, known }]);
  });

  it('stays known', async () => {
    await server.send({ t: '0' });
    await server.send({ t: '1' });
    expect(user('id_type, known')).toEqual([{ id_type: 1, known: 1 }]);
  });

  it.each([
    ['the number 0', 0, null],
    ['the text 0', '0', 0],
    ['the number -60', -60, -60],
    ['the text -60', '-60', -60],
    ['a text that is no number', 'Europe/Berlin', 'Europe/Berlin'],
  ])('has a time zone when tz is %s', async (_name, sent, tz) => {
    await server.send({ tz: sent });
    expect(user('tz')).toEqual([{ tz }]);
  });

  it('takes metrics that come alone, and the health of the SDK', async () => {
    await server.begin();
    await server.send({ metrics: { _os_version: '7.0', _locale: 'de' } });
    await server.send({ hc: '{"el":2,"wl":1,"sc":500,"em":"Server error","bom":0,"cbom":0}', av: '9.1' });
    expect(user('metrics, health, app_version')).toEqual([
      {
        metrics: '{"_os":"Linux","_os_version":"7.0","_app_version":"2.3.1","_locale":"de"}',
        health: '{"el":2,"wl":1,"sc":500,"em":"Server error","bom":0,"cbom":0}',
        app_version: '9.1',
      },
    ]);
    expect(server.query('SELECT kinds FROM entries ORDER BY id')).toEqual([
      { kinds: 'session,metrics' },
      { kinds: 'metrics' },
      { kinds: 'health' },
    ]);
    expect(server.rows()).toEqual([]);
  });

  it('was last seen when its last event was, even though the request is older', async () => {
    const timestamp = server.next();
    const later = server.next(600);
    await server.send({ timestamp, events: [{ key: 'a', timestamp: later }] });
    expect(user('first_seen, last_seen')).toEqual([{ first_seen: timestamp, last_seen: later }]);
  });

  it('takes a place from any request, and looks it up with a session only', async () => {
    await server.send({ country_code: 'DE', city: 'Berlin' });
    expect(user('country, city, location_source')).toEqual([{ country: 'DE', city: 'Berlin', location_source: null }]);
  });
});

describe('the document of a user', () => {
  const server = useInspector();
  const totals = async () => ((await server.get('/api/summary')).body as { totals: Record<string, number> }).totals;

  it('is made by asking for the settings, and not counted', async () => {
    await server.get('/o/sdk?method=sc&app_key=K&device_id=ghost');
    await server.get('/o/sdk?method=sc&app_key=K&device_id=ghost');
    expect(server.query('SELECT device_id, counted FROM devices')).toEqual([{ device_id: 'ghost', counted: 0 }]);
    expect(await totals()).toMatchObject({ devices: 0 });
  });

  it('counts from the first request on', async () => {
    await server.get('/o/sdk?method=sc&app_key=APPKEY&device_id=ann');
    await server.send({ events: [{ key: 'a' }] });
    expect(server.query('SELECT device_id, counted FROM devices')).toEqual([{ device_id: 'ann', counted: 1 }]);
    expect(await totals()).toMatchObject({ devices: 1 });
  });

  it.each(['rc', 'fetch_remote_config', 'feedback'])(
    'is made by asking for %s, too, and not counted',
    async (method) => {
      await server.get(`/o/sdk?method=${method}&app_key=K&device_id=ghost`);
      expect(server.query('SELECT device_id, counted FROM devices')).toEqual([{ device_id: 'ghost', counted: 0 }]);
    },
  );

  it('is not made by asking for what does not exist', async () => {
    await server.get('/o/sdk?method=other&app_key=K&device_id=ghost');
    expect(server.query('SELECT * FROM devices')).toEqual([]);
  });
});
