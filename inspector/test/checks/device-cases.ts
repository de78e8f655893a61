import { begin, type Case, custom, fields } from './cases.js';

export const DEVICE_CASES: readonly Case[] = [
  fields(17, 'an ISO time on a request', { timestamp: '2026-01-01T00:00:00Z' }),
  fields(17, 'microseconds', { timestamp: 1_700_000_000_000_000 }),
  fields(18, 'a request from the future', { timestamp: Date.now() + 3_600_000 }),
  custom(19, 'the same request twice', async (server) => {
    const request = { ...server.common(), events: [{ key: 'a', count: 1 }] };
    await server.json('/i', request);
    await server.json('/i', request);
  }),
  fields(20, 'a request without timestamp', { timestamp: undefined }),
  fields(21, 'a device id of zeros', { device_id: '00000000-0000-0000-0000-000000000000' }),
  fields(22, 'the temporary device id', { device_id: '[CLY]_temp_id' }),
  custom(42, 'a session 5 seconds after the last one', async (server) => {
    await server.begin();
    await server.send({ end_session: 1 });
    server.next(5);
    await server.begin();
  }),
  custom(42, 'a session older than the last one', async (server) => {
    await server.begin();
    await server.send({ end_session: 1 });
    await server.begin({ timestamp: server.next() - 900_000 });
  }),
  begin(43, 'begin and end in one request', { end_session: 1 }),
  begin(44, 'a duration of more than a day', { session_duration: 86_401 }),
  begin(44, 'a duration below 0', { session_duration: -1 }),
  begin(44, 'a duration with a fraction', { session_duration: 1.5 }),
  fields(45, 'the end of no session', { end_session: 1 }),
  fields(45, 'a duration of no session', { session_duration: 60 }),
  fields(46, 'metrics without a session', { metrics: { _os: 'Linux' } }),
  begin(47, 'a number as app version', { metrics: { _os: 'Linux', _app_version: 2 } }),
  begin(47, 'metrics that are no JSON', { metrics: '{"_os":' }),
  begin(48, 'a session without a place', { ip_address: undefined }),
  begin(48, 'a country without a city', { ip_address: undefined, country_code: 'DE' }),
  begin(49, 'a location in words', { location: 'Berlin' }),
  fields(50, 'an empty location without session', { location: '' }),
  fields(51, 'consent as text', { consent: { events: 'false' } }),
  fields(51, 'consent that is no JSON', { consent: '{' }),
  fields(60, 'the number 0 as time zone', { tz: 0 }),
];
