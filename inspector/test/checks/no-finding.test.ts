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
