import { Exclude, Expose } from 'class-transformer';
import * as v from 'valibot';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import {
  CountlyConfigError,
  defineEvents,
  defineTraces,
  defineViews,
  fromParameter,
  Segment,
  TrackEvent,
} from '../../lib/index.js';
import { createTestClient, type TestClient } from '../../lib/testing/index.js';

let countly: TestClient;
const warn = vi.fn<(message: string) => void>();
const logger = { error: warn, warn, log() {}, debug() {} };
const start = () => {
  warn.mockClear();
  countly = createTestClient({ logger });
};
afterEach(() => countly?.close());

/** JavaScript callers give what they like. */
// biome-ignore lint/suspicious/noExplicitAny: that is what it is for
const loosely = <T = any>(value: unknown) => value as T;

class Order {
  @Expose({ name: 'tier' }) plan = 'pro';
  @Exclude() email = 'ada@example.com';
  @Expose() amount = 3;
}

describe('a catalogue of events', () => {
  const events = defineEvents({
    checkout: { segmentation: { plan: ['free', 'pro'], amount: 'number', coupon: 'string?' } },
    signup: {},
    ordered: { segmentation: Order },
    refunded: Order,
  });

  class Shop {
    @events.TrackEvent('checkout', {
      segmentation: ({ args: [amount] }) => ({ plan: 'pro', amount }),
      sum: ({ args: [amount] }) => amount,
    })
    pay(amount: number): number {
      return amount;
    }

    @events.TimedEvent('signup')
    async join(): Promise<void> {}

    @events.TrackEvent('ordered')
    order(_order: Order): void {}

    @events.TrackEvent('checkout', { segmentation: { plan: fromParameter, amount: 1 } })
    free(@Segment('plan') _plan: string): void {}
  }

  it('decorates as the decorators of the same names do', async () => {
    start();
    new Shop().pay(12);
    await new Shop().join();
    const recorded = await countly.events();
    expect(recorded).toMatchObject([
      { key: 'checkout', sum: 12, segmentation: { plan: 'pro', amount: 12 } },
      { key: 'signup', dur: expect.any(Number) },
    ]);
    expect(recorded[0]).not.toHaveProperty('dur');
  });

  it('takes segments from parameters where it is told to', async () => {
    start();
    new Shop().free('free');
    expect(await countly.events()).toMatchObject([{ segmentation: { plan: 'free', amount: 1 } }]);
  });

  it('maps by the class that defines an event, in decorators and in calls', async () => {
    start();
    new Shop().order(new Order());
    events.addEvent(countly.client, 'refunded', { segmentation: new Order(), count: 2 });
    events.addEvent(countly.client, 'refunded', {
      segmentation: { plan: 'free', amount: 1, email: 'bob@example.com' },
    });
    expect(await countly.events()).toMatchObject([
      { key: 'ordered', segmentation: { tier: 'pro', amount: 3 } },
      { key: 'refunded', segmentation: { tier: 'pro', amount: 3 }, count: 2 },
      { key: 'refunded', segmentation: { tier: 'free', amount: 1 } },
    ]);
    expect(JSON.stringify(await countly.events())).not.toContain('example.com');
  });

  it('records for a scope, and measures', async () => {
    start();
    events.addEvent(countly.client.device('ada'), 'signup');
    const running = events.startEvent(countly.client, 'checkout');
    countly.clock.advance(1500);
    running.end({ segmentation: { plan: 'free', amount: 1 } });
    events.startEvent(countly.client, 'signup').cancel();
    await countly.events();
    const requests = countly.transport.delivered;
    expect(requests.map(({ deviceId }) => deviceId).sort()).toEqual(['ada', 'test-device']);
    expect(countly.transport.events.find(({ key }) => key === 'checkout')).toMatchObject({ dur: 1.5 });
  });

  it('does not look at anything unless it is strict', async () => {
    start();
    const validate = vi.fn();
    const schema = { '~standard': { version: 1 as const, vendor: 'test', validate } };
    const lazy = defineEvents({ any: { segmentation: schema } });
    lazy.addEvent(countly.client, 'any', loosely({ segmentation: { x: 1 } }));
    events.addEvent(countly.client, 'checkout', loosely({ segmentation: { plan: 'gold' } }));
    expect(validate).not.toHaveBeenCalled();
    expect(await countly.events()).toHaveLength(2);
    expect(warn).not.toHaveBeenCalled();
    expect(events.violations.size).toBe(0);
  });

  it('of types alone records whatever it is given', async () => {
    start();
    const typed = defineEvents<{ left: { reason: string } }>();
    typed.addEvent(countly.client, 'left', { segmentation: { reason: 'late' } });
    expect(await countly.events()).toMatchObject([{ key: 'left', segmentation: { reason: 'late' } }]);
    expect(typed.keys).toEqual([]);
  });
});

describe('a strict catalogue', () => {
  const definitions = {
    checkout: { segmentation: { plan: ['free', 'pro'], amount: 'number', coupon: 'string?' } },
    zoned: z.object({ zone: z.string() }),
    levelled: { segmentation: v.object({ level: v.picklist(['low', 'high']) }) },
    plain: {},
  } as const;

  it.each([
    ['a segment that is missing', 'checkout', { plan: 'pro' }, 'segment "amount" is missing'],
    ['null for a segment', 'checkout', { plan: 'pro', amount: null }, 'segment "amount" is missing'],
    ['another type', 'checkout', { plan: 'pro', amount: '3' }, 'segment "amount" must be a number, got a string'],
    [
      'another type of an optional one',
      'checkout',
      { plan: 'pro', amount: 3, coupon: 7 },
      'segment "coupon" must be a string',
    ],
    [
      'another value',
      'checkout',
      { plan: 'gold', amount: 3 },
      'segment "plan" has a value that is not in the catalogue',
    ],
    [
      'a segment too many',
      'checkout',
      { plan: 'pro', amount: 3, colour: 'red' },
      'segment "colour" is not in the catalogue',
    ],
    ['a segment of an event without any', 'plain', { colour: 'red' }, 'segment "colour" is not in the catalogue'],
    ['what zod refuses', 'zoned', { zone: 5 }, 'segment "zone" is not what its schema takes'],
    ['what valibot refuses', 'levelled', { level: 'medium' }, 'segment "level" is not what its schema takes'],
    ['nothing where a schema wants something', 'zoned', undefined, 'segment "zone" is not what its schema takes'],
    ['a key that is not defined', 'toString', {}, 'it is not in it'],
  ])('warns of %s once, counts, and records', async (_what, key, segmentation, message) => {
    start();
    const events = defineEvents(definitions, { strict: 'warn' });
    for (const _time of [1, 2]) events.addEvent(countly.client, loosely(key), loosely({ segmentation }));
    expect(await countly.events()).toHaveLength(2);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]?.[0]).toContain(message);
    expect(warn.mock.calls[0]?.[0]).not.toMatch(/gold|medium|red/);
    expect([...events.violations]).toEqual([[key === 'toString' ? '*' : key, 2]]);
  });

  it.each([
    ['all of it', 'checkout', { plan: 'pro', amount: 3, coupon: 'x' }],
    ['no optional one', 'checkout', { plan: 'free', amount: 0 }],
    ['a bigint for a number', 'checkout', { plan: 'free', amount: 3n }],
    ['undefined for what nobody defined', 'plain', { colour: undefined }],
    ['what a schema takes', 'zoned', { zone: 'north' }],
  ])('takes %s', async (_what, key, segmentation) => {
    start();
    const events = defineEvents(definitions, { strict: 'drop' });
    events.addEvent(countly.client, loosely(key), loosely({ segmentation }));
    expect(await countly.events()).toHaveLength(1);
    expect(warn).not.toHaveBeenCalled();
  });

  it('drops when it is told to, and the ledger knows', async () => {
    start();
    const events = defineEvents(definitions, { strict: 'drop' });
    class Shop {
      @events.TrackEvent('checkout', { segmentation: ({ args: [amount] }) => ({ plan: 'pro', amount }) })
      pay(amount: number): number {
        return amount;
      }
    }
    expect(new Shop().pay(loosely('much'))).toBe('much');
    new Shop().pay(3);
    events.addEvent(countly.client, 'checkout', loosely({}));
    events.startEvent(countly.client, 'zoned').end(loosely({}));
    expect((await countly.events()).map(({ segmentation }) => segmentation)).toEqual([{ plan: 'pro', amount: 3 }]);
    expect(countly.client.stats()).toMatchObject({ accepted: 4, delivered: 1, dropped: { invalid: 3 } });
    expect(warn.mock.calls.flat().join()).toContain('it is dropped');
    expect(Object.fromEntries(events.violations)).toEqual({ checkout: 2, zoned: 1 });
  });

  it('survives a schema that throws or answers later, and a proxy that refuses to be read', async () => {
    start();
    const schema = (validate: () => unknown) => ({ '~standard': { version: 1 as const, vendor: 'test', validate } });
    const events = defineEvents(
      {
        throwing: schema(() => {
          throw new Error('schema broke');
        }),
        late: schema(() => Promise.reject(new Error('late'))),
        plain: {},
      },
      { strict: 'warn' },
    );
    const refusing = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    events.addEvent(countly.client, 'throwing', loosely({ segmentation: {} }));
    events.addEvent(countly.client, 'late', loosely({ segmentation: {} }));
    events.addEvent(countly.client, 'plain', loosely({ segmentation: refusing }));
    expect(await countly.events()).toHaveLength(3);
    expect(Object.fromEntries(events.violations)).toEqual({ throwing: 1, late: 1, plain: 1 });
  });

  it('holds for views and traces as well', async () => {
    start();
    const views = defineViews({ Product: { segmentation: { category: 'string' } } }, { strict: 'drop' });
    const traces = defineTraces({ import: { metrics: { rows: 'number' } } }, { strict: 'drop' });
    class Page {
      @views.TrackView('Product', { segmentation: ({ args: [category] }) => ({ category }) })
      @traces.Trace('import', { metrics: ({ args: [, rows] }) => ({ rows }) })
      show(_category: string, _rows: number): void {}
    }
    new Page().show('books', 3);
    new Page().show(loosely(5), loosely('many'));
    loosely(views).trackView(countly.client, 'Basket').end();
    views.trackView(countly.client, 'Product', { segmentation: { category: 'toys' } });
    traces.reportTrace(countly.client, 'import', loosely({ startedAt: 1, durationMs: 1 }));
    const shown = (await countly.events()).filter(
      ({ segmentation }) => loosely<{ visit?: number }>(segmentation).visit === 1,
    );
    expect(shown.map(({ segmentation }) => loosely<{ category: string }>(segmentation).category)).toEqual([
      'books',
      'toys',
    ]);
    expect(await countly.requests('apm')).toHaveLength(1);
    expect(Object.fromEntries(views.violations)).toEqual({ Product: 1, '*': 1 });
    expect(Object.fromEntries(traces.violations)).toEqual({ import: 2 });
  });
});

describe('a catalogue that is wrong', () => {
  it.each([
    ['no object', () => defineEvents(loosely('x')), 'defineEvents: expected an object of definitions by key'],
    ['a definition that is none', () => defineEvents(loosely({ a: 5 })), 'defineEvents "a": expected a definition'],
    [
      'an unknown type',
      () => defineEvents(loosely({ a: { segmentation: { b: 'text' } } })),
      'defineEvents "a".segmentation.b: expected "string", "number" or "boolean"',
    ],
    ['a list of nothing', () => defineEvents(loosely({ a: { segmentation: { b: [] } } })), '"a".segmentation.b'],
    [
      'a list of many types',
      () => defineEvents(loosely({ a: { segmentation: { b: [1, 'x'] } } })),
      '"a".segmentation.b',
    ],
    [
      'a misspelt member',
      () => defineViews(loosely({ a: { segments: {} } })),
      'defineViews "a".segments: expected one of description, owner, segmentation',
    ],
    ['an owner that is no text', () => defineEvents(loosely({ a: { owner: 1 } })), '"a".owner: expected a text'],
    [
      'an unknown setting',
      () => defineEvents({}, loosely({ strict: 'on' })),
      'defineEvents options.strict: expected "off", "warn" or "drop", got "on"',
    ],
    [
      'a metric that is no number',
      () => defineTraces(loosely({ a: { metrics: { b: 'string' } } })),
      'defineTraces "a".metrics.b: expected "number" or "number?"',
    ],
  ])('is refused where it stands: %s', (_what, define, message) => {
    expect(define).toThrow(CountlyConfigError);
    expect(define).toThrow(message);
  });

  it('tells all at once', () => {
    const define = () => defineEvents(loosely({ a: { owner: 1, segmentation: { b: 'x' } }, c: null }));
    expect(define).toThrow(/"a"\.owner[\s\S]*"a"\.segmentation\.b[\s\S]*"c"/);
  });
});

it('a decorator of a catalogue shares the wrapper with others', async () => {
  start();
  const events = defineEvents({ one: {} });
  class Both {
    @events.TrackEvent('one')
    @TrackEvent('two')
    run(): void {}
  }
  new Both().run();
  expect((await countly.events()).map(({ key }) => key).sort()).toEqual(['one', 'two']);
});
