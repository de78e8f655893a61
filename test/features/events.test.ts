import { afterEach, describe, expect, it } from 'vitest';
import { type Recorded, recorded } from '../support/recorded.js';

describe('an event', () => {
  let test: Recorded;
  afterEach(() => test.close());
  const events = async () => (await test.sent()).flatMap((request) => request.events);

  it('keeps the time of the caller', async () => {
    test = recorded();
    const at = Date.UTC(2023, 10, 12, 0, 30);
    test.client.addEvent('ms', { timestamp: at });
    test.client.addEvent('s', { timestamp: at / 1000 });
    test.client.addEvent('date', { timestamp: new Date(at) });
    test.client.addEvent('future', { timestamp: test.clock.now() + 1_000_000 });
    test.client.addEvent('iso', { timestamp: '2023-11-12' as never });
    const now = test.clock.now();
    expect((await events()).map(({ timestamp, hour, dow }) => [timestamp, hour, dow])).toEqual([
      [at, 0, 0],
      [at, 0, 0],
      [at, 0, 0],
      [now, 22, 2],
      [now, 22, 2],
    ]);
  });

  it('has hour and day of the person', async () => {
    test = recorded();
    test.client.scope({ deviceId: 'v', timezoneOffset: 330 }).addEvent('a');
    const [request] = await test.sent();
    expect(request?.parameters).toMatchObject({ tz: '330', hour: '3', dow: '3' });
    expect(request?.events[0]).toMatchObject({ hour: 3, dow: 3 });
  });

  it.each<[unknown, unknown]>([
    ['plain', 'plain'],
    ['a.b', 'a_b'],
    ['a..b', 'ab'],
    ['system.x$', 'x'],
    ['.system..', undefined],
    ['$[CLY]_session', undefined],
    ['[CLY]_session', undefined],
    ['x'.repeat(200), 'x'.repeat(127)],
    ['', undefined],
    [null, undefined],
    [{ toString: () => 'x' }, undefined],
  ])('of key %j is filed under %j', async (key, expected) => {
    test = recorded();
    test.client.addEvent(key as string);
    expect((await events()).map((event) => event.key)).toEqual(expected === undefined ? [] : [expected]);
    expect(test.client.stats().dropped).toEqual(expected === undefined ? { invalid: 1 } : {});
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['counts', { count: '3' }, { count: 3 }],
    ['fractions of a count', { count: 2.9 }, { count: 2 }],
    ['no count', { count: 0 }, { count: 1 }],
    [
      'a count that throws',
      {
        count: {
          valueOf: () => {
            throw new Error('no');
          },
        },
      },
      { count: 1 },
    ],
    ['big integers', { count: 5n, sum: 7n }, { count: 5, sum: 7 }],
    ['binary noise', { sum: 0.1 + 0.2, dur: 1 / 3 }, { sum: 0.3, dur: 0.333333 }],
    ['numbers that are none', { sum: Number.NaN, dur: Symbol('x') }, { count: 1 }],
    ['milliseconds since 1970 as a duration', { dur: 1_700_000_000_000 }, { count: 1 }],
    ['negative durations', { dur: -1 }, { count: 1 }],
  ])('takes %s for what they mean', async (_name, options, expected) => {
    test = recorded();
    test.client.addEvent('e', options);
    const [{ key: _key, id: _id, timestamp: _t, hour: _h, dow: _d, ...rest } = { key: '' }] = await events();
    expect(rest).toEqual({ count: 1, ...expected });
  });

  it('has only segments a server can count', async () => {
    test = recorded({ maxSegmentationValues: 12 });
    const segmentation = {
      text: 'x'.repeat(300),
      emoji: `${'y'.repeat(255)}😀`,
      'dotted.name': 1,
      $dollar: 2,
      yes: true,
      date: new Date(0),
      list: ['a', null, {}, 2],
      nested: { a: 1 },
      big: 10n,
      nothing: null,
      missing: undefined,
      empty: '',
      none: [],
      nan: Number.NaN,
      infinite: Number.POSITIVE_INFINITY,
      fn: () => 1,
      symbol: Symbol('s'),
      get broken(): never {
        throw new Error('no');
      },
      lone: '\ud800',
      '': 1,
    };
    test.client.addEvent('e', { segmentation: segmentation as never });
    expect((await events())[0]?.['segmentation']).toEqual({
      text: 'x'.repeat(256),
      emoji: 'y'.repeat(255),
      dottedname: 1,
      dollar: 2,
      yes: true,
      date: '1970-01-01T00:00:00.000Z',
      list: ['a', 2],
      nested: '{"a":1}',
      big: '10',
      lone: '\ufffd',
    });
  });

  it('of the server asks for what the server needs', async () => {
    test = recorded();
    test.client.addEvent('[CLY]_push_action', { segmentation: { i: 'x'.repeat(24) } });
    test.client.addEvent('[CLY]_push_action', { segmentation: { i: 'short' } });
    test.client.addEvent('[CLY]_view', { segmentation: { visit: 1 } });
    test.client.addEvent('[CLY]_star_rating');
    test.client.addEvent('[CLY]_orientation', { segmentation: { mode: 'portrait' } });
    expect((await events()).map((event) => event.key)).toEqual(['[CLY]_push_action', '[CLY]_orientation']);
  });

  it('asks the consent of its kind', async () => {
    test = recorded({ requireConsent: true, consent: ['push', 'scrolls'] });
    test.client.addEvent('[CLY]_push_action', { segmentation: { i: 'x'.repeat(24) } });
    test.client.addEvent('[CLY]_action', { segmentation: { type: 'scroll' } });
    test.client.addEvent('[CLY]_action', { segmentation: { type: 'click' } });
    expect(await events()).toHaveLength(2);
  });
});

describe('a view', () => {
  let test: Recorded;
  afterEach(() => test.close());
  const events = async () => (await test.sent()).flatMap((request) => request.events);

  it('starts as a visit and ends with its duration, both under one id', async () => {
    test = recorded();
    const view = test.client.trackView('/home', { segmentation: { plan: 'pro', name: 'mine', exit: 1 } });
    test.clock.advance(4600);
    view.end();
    const [start, end] = await events();
    const { _idv } = (start?.['segmentation'] ?? {}) as Record<string, unknown>;
    expect(start?.['segmentation']).toEqual({ name: '/home', segment: 'Linux', _idv, visit: 1, start: 1, plan: 'pro' });
    expect(end).toMatchObject({
      key: '[CLY]_view',
      count: 1,
      dur: 5,
      segmentation: { name: '/home', segment: 'Linux', _idv },
    });
    expect(end?.['segmentation']).not.toHaveProperty('visit');
  });

  it('ends once, whoever ends it', async () => {
    test = recorded();
    const first = test.client.trackView('/a');
    const second = test.client.trackView('/b');
    first.end();
    second.end(3);
    second.end(9);
    test.client.trackView('/c');
    const ends = (await events()).filter((event) => !('visit' in (event['segmentation'] as object)));
    expect(ends.map((event) => event['dur'])).toEqual([0, 3]);
  });

  it('has a name of a length a server keeps', async () => {
    test = recorded({ maxKeyLength: 500 });
    test.client.trackView('/'.padEnd(400, 'x'));
    expect((await events())[0]?.['segmentation']).toMatchObject({ name: '/'.padEnd(128, 'x') });
  });
});
