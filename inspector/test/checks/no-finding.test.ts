import { describe, expect, it } from 'vitest';
import { useInspector } from '../support/use-inspector.js';

const CRASH = { _os: 'Linux', _app_version: '1.0', _nonfatal: true };
const TRACE = {
  type: 'device',
  name: 'work',
  apm_metrics: { duration: 5 },
  stz: 1_700_000_000_000,
  etz: 1_700_000_000_005,
};
const view = (name: string, segmentation: object = {}) => ({
  key: '[CLY]_view',
  count: 1,
  segmentation: { name, visit: 1, segment: 'Linux', ...segmentation },
});
const shop = (rest: object) => ({ events: [{ key: 'shop', count: 1, ...rest }] });

const SHOP = { key: 'shop', count: 1 };
const DAY = 86_400_000;
/** Noon, so that a millisecond more is the same day. */
const OLD = Date.UTC(2025, 9, 5, 12);
const at = (timestamp: number, event: object) => ({ ...event, timestamp });

/** What lies next to a mistake and is none. */
const HARMLESS: ReadonlyArray<readonly [name: string, fields: object]> = [
  ['a request 900 ms ahead of the clock', { timestamp: Date.now() + 900 }],
  ['metrics alone', { metrics: { _os: 'Linux', _app_version: '2.0' } }],
  ['metrics with consent', { metrics: { _os: 'Linux' }, consent: { events: true } }],
  ['NUL in the value of a segment', shop({ segmentation: { text: 'a\0b' } })],
  ['NUL in the name of a view', { events: [view('/a\0')] }],
  ['NUL in a value of a user property', { user_details: { custom: { a: 'x\0' } } }],
  ['whole surrogate pairs', shop({ segmentation: { text: '😀 𠮷' } })],
  ['a text that looks like the escape of half a pair', shop({ segmentation: { text: 'a \\ud83d' } })],
  ['hour, day of the week and kind of id as texts', { hour: '0', dow: '0', t: '0' }],
  ['hour and day of the week of an event as numbers', shop({ hour: 0, dow: 0 })],
  ['starts of different views', { events: [view('/a'), view('/b')] }],
  [
    'a view that starts and ends',
    { events: [view('/a', { _idv: 'v1' }), { ...view('/a', { _idv: 'v1', visit: undefined }), dur: 3 }] },
  ],
  ['the smallest sum that is kept', shop({ sum: 0.00001 })],
  ['a sum of 0', shop({ sum: 0 })],
  ['a sum of 5.000001', shop({ sum: 5.000001 })],
  ['an old event beside no view', shop({ timestamp: Date.now() - 30 * DAY })],
  ['a view and an event of one old day', { events: [at(OLD, view('/a')), at(OLD + 1, SHOP)] }],
  ['an old event before the last one, of the day of the views', { events: [view('/a'), at(OLD, SHOP), SHOP] }],
  ['NUL in a city', { country_code: 'DE', city: 'Ber\0lin' }],
  ['the count of a view', { events: [{ ...view('/a'), count: 0 }] }],
  ['underscores and dashes in a key', shop({ key: 'Checkout_pay-now' })],
  ['an internal key of a survey, with rr', { events: [{ key: '[CLY]_nps', count: 1, segmentation: { rating: 9 } }] }],
  ['a trace with rr', { apm: TRACE }],
  ['a trace with rr as the text 0', { apm: TRACE, rr: '0' }],
  ['a trace beside an event, without rr', { apm: TRACE, ...shop({}), rr: undefined }],
  ['plain user details without rr', { user_details: { name: 'Ann', custom: { plan: 'pro' } }, rr: undefined }],
  [
    'a rating with its widget',
    { events: [{ key: '[CLY]_star_rating', count: 1, segmentation: { rating: 5, widget_id: 'w' } }] },
  ],
  ['a stack line of 200 characters', { crash: { ...CRASH, _error: `Error: x\n    at ${'f'.repeat(193)}` } }],
  ['many short lines', { crash: { ...CRASH, _error: 'Error: x\n    at f\n'.repeat(1000) } }],
  ['a merge where nobody said anything about consent', { old_device_id: 'anon' }],
  [
    'a view that starts after the event that names it',
    { events: [{ key: 'a', count: 1, cvid: 'v1' }, view('/a', { _idv: 'v1' })] },
  ],
  [
    'all ids of an event',
    { events: [view('/a', { _idv: 'v1' }), { key: 'a', count: 1, id: 'e2', pvid: 'v0', cvid: 'v1', peid: 'e1' }] },
  ],
];

describe('nothing is found in', () => {
  const server = useInspector();

  it.each(HARMLESS)('%s', async (_name, fields) => {
    expect((await server.send({ ...fields })).body).toEqual({ result: 'Success' });
    // Whether a server has a plugin is not the sender's mistake.
    expect(server.query('SELECT "row", message FROM problems WHERE "row" <> 53')).toEqual([]);
  });

  it('a recognised repetition but the note that there was one', async () => {
    const request = { ...server.common(), apm: TRACE };
    await server.json('/i', request);
    await server.json('/i', request);
    expect(server.query('SELECT "row", level FROM problems WHERE "row" <> 53')).toEqual([{ row: 19, level: 'N' }]);
  });

  it('several starts of one view of a visitor whose views are known', async () => {
    await server.events(view('/a'));
    await server.events(view('/a'), view('/a'), view('/b'), view('/b'));
    expect(server.query('SELECT "row" FROM problems')).toEqual([]);
  });

  it('the same request in a form with another rr but the note that it was recognised', async () => {
    const events = encodeURIComponent('[{"key":"a","count":1}]');
    const text = `app_key=K&device_id=ann&timestamp=${server.next()}&events=${events}`;
    for (const rr of [2, 1]) await server.form('/i', `${text}&rr=${rr}`);
    expect(server.query('SELECT "row" FROM problems')).toEqual([{ row: 19 }]);
  });

  it('two requests in JSON that differ in rr and in more', async () => {
    await server.send({ events: [SHOP], rr: 2 });
    await server.send({ events: [SHOP], rr: 1 });
    expect(server.query('SELECT "row" FROM problems')).toEqual([]);
  });

  it('other bytes of the same request in JSON, as their rr is the same', async () => {
    const request = { ...server.common(), events: [SHOP] };
    await server.json('/i', request);
    const headers = { 'content-type': 'application/json' };
    expect((await server.raw('/i', JSON.stringify(request, null, 2), headers)).body).toEqual({ result: 'Success' });
    expect(server.query('SELECT "row" FROM problems')).toEqual([]);
  });

  it('a request with nothing to count that comes again with another rr', async () => {
    const request = server.common();
    for (const rr of [2, 1]) await server.json('/i', { ...request, rr });
    expect(server.query('SELECT "row" FROM problems')).toEqual([]);
  });

  it('a merge that comes twice', async () => {
    const request = { ...server.common(), old_device_id: 'anon', rr: undefined };
    await server.json('/i', request);
    await server.json('/i', request);
    expect(server.query('SELECT "row" FROM problems')).toEqual([]);
  });
});

describe('what could be wrong in a hundred thousand ways', () => {
  const server = useInspector();

  it('is told in two hundred messages and a number', async () => {
    await server.events(...Array.from({ length: 1000 }, (_, n) => ({ key: `key.${n}`, count: 1 })));
    expect(server.messages(66)).toHaveLength(201);
    expect(server.messages(66).at(-1)).toBe('and more of this kind');
    expect(server.query('SELECT sum(occurrences) AS n FROM problems WHERE "row" = 66')).toEqual([{ n: 1000 }]);
  });
});
