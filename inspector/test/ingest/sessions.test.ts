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

  it.each(['0', 'false', true, 7, 'yes'])('begin with %j, as the server tests for truth', async (value) => {
    await server.begin({ begin_session: value });
    expect(sessions()).toHaveLength(1);
  });

  it.each([0, '', false, null])('do not begin with %j', async (value) => {
    await server.begin({ begin_session: value });
    expect(sessions()).toEqual([]);
  });

  it('are lost when their metrics are no JSON; the user and the events stay', async () => {
    const answer = await server.begin({ metrics: '{"_os":', events: [{ key: 'a' }] });
    expect(answer).toEqual({ status: 200, body: { result: 'Success' } });
    expect(sessions()).toEqual([]);
    expect(server.query('SELECT session_count, event_count, counted FROM devices')).toEqual([
      { session_count: 0, event_count: 1, counted: 1 },
    ]);
    expect(server.query('SELECT outcome, info FROM entries')).toEqual([
      { outcome: 'lost', info: '"metrics" of begin_session are no JSON' },
    ]);
  });

  it('are lost when their country holds a NUL, and count when only the city does', async () => {
    await server.begin({ country_code: 'D\0E', city: 'Berlin' });
    expect(server.query('SELECT outcome, info FROM entries')).toEqual([
      { outcome: 'lost', info: 'NUL in country_code' },
    ]);
    expect(sessions()).toEqual([]);
    await server.begin({ country_code: 'DE', city: 'Ber\0lin' });
    expect(sessions()).toHaveLength(1);
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
    [{ location: '52.5, 13.4' }, null, null, 'coordinates'],
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
