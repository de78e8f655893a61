import { describe, expect, it } from 'vitest';
import { useInspector } from '../support/use-inspector.js';

describe('sessions', () => {
  const server = useInspector();
  const sessions = () => server.query('SELECT duration, resumed, ended_by FROM sessions ORDER BY id');

  it('begin, go on and end', async () => {
    await server.begin();
    await server.send({ session_duration: 60 });
    await server.send({ end_session: 1, session_duration: 12 });
    expect(sessions()).toEqual([{ duration: 72, resumed: 0, ended_by: 'end_session' }]);
    expect(server.query('SELECT session_count, session_seconds, open_session FROM devices')).toEqual([
      { session_count: 1, session_seconds: 72, open_session: null },
    ]);
  });

  it('that begin within 15 seconds after the end go on with the old one', async () => {
    await server.begin();
    await server.send({ end_session: 1 });
    server.next(14);
    await server.begin();
    expect(sessions()).toEqual([{ duration: 0, resumed: 1, ended_by: null }]);
  });

  it('that begin later, or ignore the cooldown, are new', async () => {
    await server.begin();
    await server.send({ end_session: 1 });
    await server.begin({ ignore_cooldown: 1 });
    await server.send({ end_session: 1 });
    server.next(16);
    await server.begin();
    expect(sessions()).toHaveLength(3);
  });

  it('older than the last end never count', async () => {
    await server.begin();
    await server.send({ end_session: 1 });
    await server.begin({ timestamp: server.next() - 600_000 });
    expect(sessions()).toHaveLength(1);
  });

  it('are closed by the next begin', async () => {
    await server.begin();
    await server.send({ session_duration: 30 });
    await server.begin();
    expect(sessions()).toEqual([
      { duration: 30, resumed: 0, ended_by: 'next begin_session' },
      { duration: 0, resumed: 0, ended_by: null },
    ]);
  });

  it.each([
    [60, 60],
    ['12x', 12],
    [-1, 30],
  ])('that nobody began still count their seconds: %s', async (sent, seconds) => {
    await server.send({ session_duration: sent });
    expect(server.query('SELECT session_count, session_seconds FROM devices')).toEqual([
      { session_count: 0, session_seconds: seconds },
    ]);
    expect(sessions()).toEqual([]);
  });

  it.each([
    ['texts', { hour: '0', dow: '0' }, 0, 0],
    ['numbers above 0', { hour: 23, dow: 6 }, 23, 6],
    ['midnight as a number', { hour: 0, dow: 3 }, null, null],
    ['Sunday as a number', { hour: 12, dow: 0 }, null, null],
    ['nothing', {}, null, null],
  ])('have a time of day from %s', async (_name, fields, hour, dow) => {
    await server.begin(fields);
    expect(server.query('SELECT hour, dow FROM sessions')).toEqual([{ hour, dow }]);
  });

  it('ignore an end in the request that begins them', async () => {
    await server.begin({ end_session: 1 });
    expect(sessions()).toEqual([{ duration: 0, resumed: 0, ended_by: null }]);
  });

  it.each([
    [-5, 30],
    [100_000, 86_400],
    [2.9, 2],
    ['x', 0],
    ['12x', 12],
    ['7.9 s', 7],
    [' 5', 5],
  ])('take a duration of %s as %i', async (sent, expected) => {
    await server.begin();
    await server.send({ session_duration: sent });
    expect(sessions()).toMatchObject([{ duration: expected }]);
  });

  it.each([
    [{ country_code: 'DE', city: 'Berlin' }, 'DE', 'Berlin', 'country and city'],
    [{ location: '52.5,13.4' }, null, null, 'coordinates'],
    [{ location: '' }, 'Unknown', 'Unknown', 'opt-out'],
    [{}, null, null, 'ip_address'],
    [{ ip_address: undefined }, null, null, 'sender'],
  ])('take the place from %o', async (fields, country, city, source) => {
    await server.begin(fields);
    expect(server.query('SELECT country, city, location_source FROM devices')).toEqual([
      { country, city, location_source: source },
    ]);
  });
});
