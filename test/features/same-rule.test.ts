import 'reflect-metadata';
import { runInNewContext } from 'node:vm';
import { Exclude, Expose } from 'class-transformer';
import Long from 'long';
import { DateTime, Duration } from 'luxon';
import { Types } from 'mongoose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TrackEvent } from '../../lib/decorators/track-event.js';
import { registerClient, unregisterClient } from '../../lib/scope/current.js';
import { Segment } from '../../lib/segmentation/segment.js';
import { type Recorded, recorded } from '../support/recorded.js';

class BigNumber {
  readonly s = 1;
  readonly c = [12, 50000000000000];
  valueOf(): string {
    return '12.5';
  }
  toJSON(): string {
    return '12.5';
  }
}
/** As those of Temporal: cannot be compared by mistake. */
class PlainDate {
  readonly #date = '2026-01-02';
  toJSON(): string {
    return this.#date;
  }
  valueOf(): never {
    throw new TypeError('use compare');
  }
}
class Moment {
  readonly _isAMomentObject = true;
  readonly _d = new Date(0);
  toJSON(): string {
    return this._d.toISOString();
  }
}
class Celsius {
  [Symbol.toPrimitive](hint: string): string | number {
    return hint === 'string' ? '21 °C' : 21;
  }
}
class Account {
  readonly iban = 'DE02';
}

class Till {
  @TrackEvent('option', { segmentation: ({ args }) => ({ v: args[0] }) })
  option(_value: unknown): void {}
  @TrackEvent('parameter')
  // biome-ignore lint/suspicious/noExplicitAny: a parameter that says nothing of its class
  parameter(@Segment('v') _value: any): void {}
}

const EPOCH = '1970-01-01T00:00:00.000Z';

describe('a value is the same by every way in', () => {
  let test: Recorded;
  beforeEach(() => {
    test = recorded();
    registerClient(test.client);
  });
  afterEach(async () => {
    unregisterClient(test.client);
    await test.close();
  });

  /** What arrives of a value as a segment of `addEvent`, of the option, of `@Segment`, and as a property of a person. */
  async function arrived(value: unknown): Promise<unknown[]> {
    const { client } = test;
    client.addEvent('added', { segmentation: { v: value } as never });
    new Till().option(value);
    new Till().parameter(value);
    client.userData.set('v', value as never);
    client.userData.save();
    client.userDetails({ name: 'x', custom: { v: value as never } });
    const sent = await test.sent();
    const events = sent.flatMap(({ events }) => events);
    const segment = (key: string) =>
      (events.find((event) => event['key'] === key)?.['segmentation'] as Record<string, unknown> | undefined)?.['v'];
    const told = sent.flatMap(({ parameters }) => (parameters['user_details'] as object | undefined) ?? []);
    const properties = told.map((details) => (details as { custom?: { v?: unknown } }).custom?.v);
    const [set, given] = properties.length === 1 ? [undefined, ...properties] : properties;
    return [segment('added'), segment('option'), segment('parameter'), set, given];
  }

  it.each<[string, unknown, unknown]>([
    ['a BigNumber', new BigNumber(), '12.5'],
    ['an ObjectId', new Types.ObjectId('64b0c0ffee64b0c0ffee64b0'), '64b0c0ffee64b0c0ffee64b0'],
    ['a Decimal128', Types.Decimal128.fromString('1.5'), '1.5'],
    ['a Long', Long.fromString('9007199254740993'), '9007199254740993'],
    ['a date of Temporal', new PlainDate(), '2026-01-02'],
    ['a date of moment', new Moment(), EPOCH],
    ['a date of luxon', DateTime.fromMillis(0, { zone: 'utc' }), EPOCH],
    ['a duration of luxon', Duration.fromMillis(1000), 'PT1S'],
    ['a URL', new URL('https://a.example/'), 'https://a.example/'],
    ['what says how it is to be taken', new Celsius(), 21],
    ['a boxed number', new Number(4), 4],
    ['a Set', new Set([1, 'x']), [1, 'x']],
    ['a Date of another realm', runInNewContext('new Date(0)'), EPOCH],
    ['an Array of another realm', runInNewContext('[1, "x"]'), [1, 'x']],
    ['a Set of another realm', runInNewContext('new Set([1])'), [1]],
    ['a list of value objects', [new BigNumber(), new PlainDate()], ['12.5', '2026-01-02']],
  ])('%s', async (_, value, expected) => {
    expect(await arrived(value)).toEqual([expected, expected, expected, expected, expected]);
    expect(test.warnings).toEqual([]);
  });

  it.each<[string, unknown, RegExp]>([
    ['a Map', new Map([['a', 1]]), /a Map/],
    ['a Map of another realm', runInNewContext('new Map([["a", 1]])'), /a Map/],
    ['a Buffer', Buffer.from('abc'), /a Buffer/],
    ['a typed array', new Uint8Array([1]), /an? Uint8Array/],
    ['a RegExp', /secret/, /a RegExp/],
    ['a RegExp of another realm', runInNewContext('/secret/'), /a RegExp/],
    ['an Error', new Error('secret'), /an Error/],
    ['an Error of another realm', runInNewContext('new Error("secret")'), /an Error/],
    ['a promise', Promise.resolve(1), /a Promise/],
    ['a function', () => 1, /a function/],
    ['a list of objects', [{ a: 1 }], /a list with objects|holds more than texts/],
  ])('%s is left out of all, and each says so', async (_, value, told) => {
    expect((await arrived(value)).every((one) => one === undefined)).toBe(true);
    for (const way of ['addEvent', '@TrackEvent on Till.option', '@Segment on Till.parameter', 'userData']) {
      expect(test.warnings.filter((line) => line.includes(way) && told.test(line))).not.toEqual([]);
    }
    expect(JSON.stringify(test.transport.requests)).not.toContain('secret');
  });

  it('an instance of a class that says nothing never leaves as its JSON', async () => {
    const ways = await arrived(new Account());
    expect([ways[0], ways[3], ways[4]]).toEqual([undefined, undefined, undefined]);
    expect(test.warnings.join()).toContain('an Account');
  });

  it('a Long adds up', async () => {
    test.client.addEvent('e', { sum: Long.fromNumber(7), count: Long.fromNumber(2), dur: new Celsius() } as never);
    const [request] = await test.sent();
    expect(request?.events[0]).toMatchObject({ sum: 7, count: 2, dur: 21 });
  });
});

class Address {
  readonly zip = '1010';
}
class Order {
  @Expose() readonly plan = 'pro';
  @Exclude() readonly email = 'ada@example.com';
  readonly address = new Address();
}
class Basket {
  readonly items = 2;
  @Exclude() readonly email = 'ada@example.com';
  toJSON(): object {
    return { items: this.items, email: this.email };
  }
}

describe('what a class keeps back stays here, by every way in', () => {
  let test: Recorded;
  beforeEach(() => {
    test = recorded();
  });
  afterEach(() => test.close());

  it.each([
    ['the segmentation itself', new Order()],
    ['one with a toJSON of its own', new Basket()],
    ['a frozen one', Object.freeze(new Order())],
    ['a segment', { order: new Order(), basket: new Basket() }],
    [
      'something inside of a segment',
      { deep: { order: new Order(), list: [new Basket()], map: { basket: new Basket() } } },
    ],
    ['something without a prototype', Object.assign(Object.create(null), { deep: { order: new Order() } })],
  ])('as %s', async (_, segmentation) => {
    const { client } = test;
    client.addEvent('event', { segmentation: segmentation as never });
    client.trackView('view', { segmentation: segmentation as never }).end();
    client.logError(new Error('x'), { segmentation: segmentation as never });
    client.userDetails({ name: 'x', custom: segmentation as never });
    client.userData.set('deep', segmentation as never);
    client.userData.save();
    const sent = JSON.stringify(await test.sent());
    expect(sent).toContain('"event"');
    expect(sent).not.toContain('ada@');
    expect(sent).not.toContain('1010');
  });

  it('as the details of a person', async () => {
    class User {
      readonly name = 'Ada';
      @Exclude() readonly email = 'ada@example.com';
      @Exclude() readonly custom = { email: 'ada@example.com' };
    }
    test.client.userDetails(new User());
    const [request] = await test.sent();
    expect(request?.parameters['user_details']).toEqual({ name: 'Ada' });
  });

  it('and what it lets out leaves', async () => {
    test.client.addEvent('event', { segmentation: new Order() as never });
    test.client.addEvent('unruled', { segmentation: new Address() as never });
    const [{ events } = { events: [] }] = await test.sent();
    expect(events.map(({ segmentation }) => segmentation)).toEqual([{ plan: 'pro' }, { zip: '1010' }]);
  });
});
