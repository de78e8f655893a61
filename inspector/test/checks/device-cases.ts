import type { TestInspector } from '../support/use-inspector.js';
import { begin, type Case, custom, fields } from './cases.js';

const TRACE = {
  type: 'device',
  name: 'work',
  apm_metrics: { duration: 5 },
  stz: 1_700_000_000_000,
  etz: 1_700_000_000_005,
};

async function twice(server: TestInspector, parameters: object): Promise<void> {
  const request = { ...server.common(), ...parameters };
  await server.json('/i', request);
  await server.json('/i', request);
}

async function withRrs(server: TestInspector, parameters: object, rrs: readonly unknown[]): Promise<void> {
  const request = { ...server.common(), ...parameters };
  for (const rr of rrs) await server.json('/i', { ...request, rr });
}

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
  fields(46, 'metrics beside events', { metrics: { _os: 'Linux' }, events: [{ key: 'a', count: 1 }] }),
  fields(46, 'metrics beside a crash', {
    metrics: { _os: 'Linux' },
    crash: { _os: 'Linux', _app_version: '1.0', _error: 'Error: x', _nonfatal: true },
  }),
  begin(47, 'a number as app version', { metrics: { _os: 'Linux', _app_version: 2 } }),
  begin(47, 'metrics that are no JSON', { metrics: '{"_os":' }),
  begin(48, 'a session without a place', { ip_address: undefined }),
  begin(48, 'a country without a city', { ip_address: undefined, country_code: 'DE' }),
  begin(49, 'a location in words', { location: 'Berlin' }),
  fields(50, 'an empty location without session', { location: '' }),
  fields(51, 'consent as text', { consent: { events: 'false' } }),
  fields(51, 'consent that is no JSON', { consent: '{' }),
  fields(60, 'the number 0 as time zone', { tz: 0 }),
  fields(62, 'the hour of the request as a number', { hour: 0 }),
  fields(62, 'the day of the week as a number', { dow: 3 }),
  custom(62, 'the hour as a number in a bulk', (server) =>
    server.json('/i/bulk', { requests: [{ ...server.common(), hour: 23 }] }),
  ),
  fields(63, 'the kind of the device id as a number', { t: 0 }),
  fields(63, 'another kind of device id as a number', { t: 1 }),
  custom(64, 'a trace that comes twice without rr', (server) => twice(server, { apm: TRACE, rr: undefined }), [69]),
  custom(
    64,
    'a conversion that comes twice without rr',
    (server) => twice(server, { campaign_id: 'c1', rr: undefined }),
    [69],
  ),
  custom(64, 'events that come again after another request of the device', async (server) => {
    const request = { ...server.common(), events: [{ key: 'a', count: 1 }] };
    for (const body of [request, server.common(), request]) await server.json('/i', body);
  }),
  custom(64, 'two requests of one device in a bulk that comes twice', async (server) => {
    const requests = [1, 2].map(() => ({ ...server.common(), events: [{ key: 'a', count: 1 }] }));
    for (let time = 0; time < 2; time += 1) await server.json('/i/bulk', { requests });
  }),
  custom(76, 'an event in JSON that comes again with another rr', (server) =>
    withRrs(server, { events: [{ key: 'a', count: 1 }] }, [2, 1]),
  ),
  custom(76, 'a crash that got its rr later', (server) =>
    withRrs(server, { crash: { _os: 'L', _app_version: '1', _error: 'Error: x' } }, [undefined, 1]),
  ),
  custom(76, 'a trace whose rr became a text', (server) => withRrs(server, { apm: TRACE }, [1, '1'])),
  custom(76, 'an event in a bulk that comes again with another rr', async (server) => {
    const entry = { ...server.common(), events: [{ key: 'a', count: 1 }] };
    for (const rr of [5, 4]) await server.json('/i/bulk', { requests: [{ ...entry, rr }] });
  }),
  custom(68, 'a merge that leaves out the consent of the new id', async (server) => {
    await server.send({ consent: { events: true } });
    await server.send({ old_device_id: 'anon' });
  }),
  custom(68, 'a merge that leaves out the consent of the old id', async (server) => {
    await server.send({ consent: { events: false } }, 'anon');
    await server.send({ old_device_id: 'anon' });
  }),
  fields(69, 'a trace without rr', { apm: TRACE, rr: undefined }),
  fields(69, 'an operator with the number 0 as rr', { user_details: { custom: { n: { $inc: 1 } } }, rr: 0 }),
  fields(69, 'a survey answer without rr', {
    events: [{ key: '[CLY]_survey', count: 1, segmentation: { rating: 5 } }],
    rr: '',
  }),
  fields(69, 'an attribution without rr', { aid: '{"adid":"x"}', rr: undefined }),
];
