import { describe, expect, it } from 'vitest';
import { useInspector } from '../support/use-inspector.js';

const DUPLICATE = { status: 200, body: { result: 'Success', info: 'Request ignored: Duplicate request' } };
const SUCCESS = { status: 200, body: { result: 'Success' } };

/** What each kind of request carries; without `rr` the server has to note it for its own reasons. */
const NOTED: ReadonlyArray<readonly [name: string, fields: object]> = [
  ['an event', { events: [{ key: 'a' }] }],
  ['a view', { events: [{ key: '[CLY]_view', segmentation: { name: '/a', visit: 1 } }] }],
  ['the end of a view', { events: [{ key: '[CLY]_view', dur: 3, segmentation: { name: '/a' } }] }],
  ['a session', { begin_session: 1 }],
  ['seconds of a session', { session_duration: 5 }],
  ['the end of a session', { end_session: 1 }],
  ['a crash', { crash: { _os: 'L', _app_version: '1', _error: 'Error: x' } }],
  ['consent', { consent: { events: true } }],
  ['metrics', { metrics: { _os: 'Linux' } }],
  ['a health check', { hc: '{"el":1}' }],
  ['a place', { country_code: 'DE' }],
  ['coordinates', { location: '52.5,13.4' }],
  ['a health check as a value', { hc: { el: 2 } }],
  ['an event beside a rating', { events: [{ key: 'a' }, { key: '[CLY]_star_rating', segmentation: { rating: 5 } }] }],
];
const UNNOTED: ReadonlyArray<readonly [name: string, fields: object]> = [
  ['a rating', { events: [{ key: '[CLY]_star_rating', segmentation: { rating: 5 } }] }],
  ['a survey', { events: [{ key: '[CLY]_nps', segmentation: { rating: 5 } }] }],
  ['an action', { events: [{ key: '[CLY]_action', segmentation: { type: 'click' } }] }],
  ['a trace', { apm: { type: 'device', name: 'w', apm_metrics: { duration: 1 }, stz: 1, etz: 2 } }],
  ['an operator', { user_details: { custom: { visits: { $inc: 1 } } } }],
  ['a conversion', { campaign_id: 'c1' }],
  ['attribution', { aid: '{"adid":"x"}' }],
  ['a merge', { old_device_id: 'anon' }],
  ['events a server drops', { events: [{ key: '' }] }],
  ['a crash a server drops', { crash: { _error: 'Error: x' } }],
];

describe('the same request again, without rr,', () => {
  const server = useInspector();
  const twice = async (fields: object) => {
    const request = { ...server.common(), rr: undefined, ...fields };
    await server.json('/i', request);
    return server.json('/i', request);
  };

  it.each(NOTED)('is recognised when it carries %s', async (_name, fields) => {
    expect(await twice(fields)).toEqual(DUPLICATE);
  });

  it.each(UNNOTED)('is not recognised when it carries %s', async (_name, fields) => {
    expect(await twice(fields)).toEqual(SUCCESS);
  });

  it.each(UNNOTED)('is recognised with rr when it carries %s', async (_name, fields) => {
    expect(await twice({ ...fields, rr: 1 })).toEqual(DUPLICATE);
  });

  it.each([
    ['the number 0', 0, SUCCESS],
    ['an empty text', '', SUCCESS],
    ['the text 0', '0', DUPLICATE],
    ['the text x', 'x', DUPLICATE],
    ['the number 1', 1, DUPLICATE],
    ['the number -1', -1, DUPLICATE],
    ['true', true, DUPLICATE],
    ['false', false, SUCCESS],
  ])('with %s as rr', async (_name, rr, expected) => {
    expect(await twice({ campaign_id: 'c1', rr })).toEqual(expected);
  });

  it.each([
    ['0', DUPLICATE],
    ['-1', DUPLICATE],
    ['', SUCCESS],
  ])('with rr=%s in a form, where all is text', async (rr, expected) => {
    const text = `app_key=K&device_id=ann&timestamp=1700000000000&campaign_id=c1&rr=${rr}`;
    await server.form('/i', text);
    expect(await server.form('/i', text)).toEqual(expected);
  });

  it('is recognised in a bulk by the same rule', async () => {
    for (const rr of [undefined, 1]) {
      const requests = [{ ...server.common(), rr, user_details: { custom: { visits: { $inc: 1 } } } }];
      for (let time = 0; time < 2; time += 1) await server.json('/i/bulk', { requests });
    }
    expect(server.query('SELECT outcome FROM entries ORDER BY id').map(({ outcome }) => outcome)).toEqual([
      ...['stored', 'stored'],
      ...['stored', 'duplicate'],
    ]);
  });

  it('does not make the server forget the one before it', async () => {
    const noted = { ...server.common(), events: [{ key: 'a' }] };
    await server.json('/i', noted);
    await server.send({ campaign_id: 'c1', rr: undefined });
    expect(await server.json('/i', noted)).toEqual(DUPLICATE);
  });

  it('is not recognised when nothing of it changes the user, as the consent and metrics are known', async () => {
    await server.send({ consent: { events: true }, metrics: { _os: 'Linux' } });
    expect(await twice({ consent: { events: true }, metrics: { _os: 'Linux' } })).toEqual(SUCCESS);
  });
});

describe('the same request again', () => {
  const server = useInspector();
  const event = (key: string) => ({ ...server.common(), events: [{ key }] });
  const count = () => server.query<{ n: number }>('SELECT count(*) AS n FROM events')[0]?.n;

  it('is ignored with 200 and an info', async () => {
    const request = event('a');
    expect(await server.json('/i', request)).toEqual(SUCCESS);
    expect(await server.json('/i', request)).toEqual(DUPLICATE);
    expect(count()).toBe(1);
    expect(server.query('SELECT outcome FROM entries ORDER BY id')).toEqual([
      { outcome: 'stored' },
      { outcome: 'duplicate' },
    ]);
  });

  it('in a form is recognised although rr and checksum differ', async () => {
    const text = 'app_key=K&device_id=ann&timestamp=1700000000000&events=%5B%7B%22key%22%3A%22a%22%7D%5D';
    expect(await server.form('/i', `${text}&rr=3`)).toEqual(SUCCESS);
    expect(await server.form('/i', `${text}&rr=2&checksum256=abc`)).toEqual(DUPLICATE);
  });

  it('in JSON counts again with another rr, as that is a part of the body', async () => {
    const request = event('a');
    for (const rr of [3, 2, '2']) expect(await server.json('/i', { ...request, rr })).toEqual(SUCCESS);
    expect(await server.json('/i', { ...request, rr: '2' })).toEqual(DUPLICATE);
    expect(count()).toBe(3);
  });

  it('in JSON is recognised when rr stands in the query', async () => {
    const request = event('a');
    await server.json('/i?rr=3', { ...request, rr: undefined });
    expect(await server.json('/i?rr=2', { ...request, rr: undefined })).toEqual(DUPLICATE);
  });

  it('counts again when another request of this device came between', async () => {
    const [first, second] = [event('a'), event('b')];
    for (const request of [first, second, first]) expect(await server.json('/i', request)).toEqual(SUCCESS);
    expect(count()).toBe(3);
  });

  it('is recognised when only other devices came between', async () => {
    const request = event('a');
    await server.json('/i', request);
    await server.send({ events: [{ key: 'b' }] }, 'bob');
    expect(await server.json('/i', request)).toEqual(DUPLICATE);
  });

  it('counts again without a timestamp', async () => {
    const { timestamp: _timestamp, ...request } = event('a');
    await server.json('/i', request);
    expect(await server.json('/i', request)).toEqual(SUCCESS);
    expect(count()).toBe(2);
  });

  it('counts again as soon as a byte differs', async () => {
    const request = event('a');
    await server.json('/i', request);
    expect(await server.json('/i', { ...request, av: '1.0' })).toEqual(SUCCESS);
  });

  it('in a bulk is ignored only for devices with one entry', async () => {
    const once = event('a');
    const twice = [1, 2].map(() => ({ ...server.common('bob'), events: [{ key: 'b' }] }));
    const requests = [once, ...twice];
    await server.json('/i/bulk', { requests });
    await server.json('/i/bulk', { requests });
    expect(server.query('SELECT key, count(*) AS n FROM events GROUP BY key ORDER BY key')).toEqual([
      { key: 'a', n: 1 },
      { key: 'b', n: 4 },
    ]);
  });
});
