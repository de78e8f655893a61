import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { ProfileBuffer, type ProfileOperator } from '../../lib/features/profile-changes.js';
import { type Recorded, recorded } from '../support/recorded.js';

describe('user details', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it('are sent with what a server knows, cut to the limits', async () => {
    test = recorded();
    test.client.userDetails({
      name: 'Ann',
      email: 'ann@example.org',
      picture: `http://example.org/${'p'.repeat(5000)}`,
      byear: 1980,
      gender: 'F',
      custom: { plan: 'pro', tags: ['a', 'b'], long: 'x'.repeat(300) },
    });
    const [request] = await test.contents();
    const details = request?.['user_details'] as Record<string, unknown>;
    expect(details).toMatchObject({ name: 'Ann', email: 'ann@example.org', byear: 1980, gender: 'F' });
    expect((details['picture'] as string).length).toBe(4096);
    expect(details['custom']).toEqual({ plan: 'pro', tags: ['a', 'b'], long: 'x'.repeat(256) });
  });

  it('can be removed', async () => {
    test = recorded();
    test.client.userDetails({ name: null, phone: '', byear: null, custom: { plan: null } });
    expect(await test.contents()).toEqual([
      { user_details: { name: '', phone: '', byear: null, custom: { plan: '' } } },
    ]);
  });

  it('split operators on one property', async () => {
    test = recorded();
    test.client.userDetails({ name: 'Ann', custom: { visits: { $inc: 1, $max: 10 } } });
    expect(await test.contents()).toEqual([
      { user_details: { name: 'Ann', custom: { visits: { $inc: 1 } } } },
      { user_details: { custom: { visits: { $max: 10 } } } },
    ]);
  });

  it('that are none are dropped, counted and told', async () => {
    test = recorded();
    test.client.userDetails('Ann' as never);
    test.client.userDetails({ name: {} as never });
    expect(await test.contents()).toEqual([]);
    expect(test.client.stats().dropped).toEqual({ invalid: 2 });
    expect(test.warnings).toHaveLength(2);
  });
});

describe('userData', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it('has every operator of the wire', async () => {
    test = recorded();
    const { userData } = test.client;
    userData.set('a', 1);
    userData.setOnce('b', 'x');
    userData.unset('c');
    userData.increment('d');
    userData.incrementBy('e', -2.5);
    userData.multiply('f', 2);
    userData.max('g', 3);
    userData.min('h', 4);
    userData.push('i', 'x');
    userData.pushUnique('j', 'x');
    userData.pull('k', 'x');
    userData.save();
    expect(await test.contents()).toEqual([
      {
        user_details: {
          custom: {
            a: 1,
            b: { $setOnce: 'x' },
            c: '',
            d: { $inc: 1 },
            e: { $inc: -2.5 },
            f: { $mul: 2 },
            g: { $max: 3 },
            h: { $min: 4 },
            i: { $push: ['x'] },
            j: { $addToSet: ['x'] },
            k: { $pull: ['x'] },
          },
        },
      },
    ]);
  });

  it('adds up what can be one change, and sends the rest in order', async () => {
    test = recorded();
    const { userData } = test.client;
    userData.set('n', 5);
    userData.increment('n');
    userData.incrementBy('n', 2);
    userData.multiply('n', 3);
    userData.push('list', 'a');
    userData.push('list', 'b');
    expect(await test.contents()).toEqual([
      { user_details: { custom: { n: 5, list: { $push: ['a', 'b'] } } } },
      { user_details: { custom: { n: { $inc: 3 } } } },
      { user_details: { custom: { n: { $mul: 3 } } } },
    ]);
  });

  it('is sent by itself after a while, and at once when there is much', async () => {
    test = recorded();
    test.client.device('a').userData.increment('x');
    test.clock.advance(5000);
    for (let i = 0; i < 100; i++) test.client.device('b').userData.set(`p${i}`, i);
    expect(test.client.stats().accepted).toBe(2);
    await test.sent();
  });

  it('of a device that is forgotten is sent first', async () => {
    test = recorded({ maxDevices: 1 });
    test.client.device('a').userData.increment('x');
    test.client.device('b').userData.increment('y');
    expect(test.client.stats().accepted).toBe(1);
    expect(await test.contents('a')).toEqual([{ user_details: { custom: { x: { $inc: 1 } } } }]);
  });

  it('refuses what a server cannot store', async () => {
    test = recorded();
    const { userData } = test.client;
    userData.set('__proto__', 1);
    userData.set('', 1);
    userData.increment(undefined as never);
    userData.incrementBy('n', Number.NaN);
    userData.multiply('n', 'many' as never);
    userData.push('list', undefined as never);
    expect(await test.contents()).toEqual([]);
    expect(test.client.stats().dropped['invalid']).toBeGreaterThanOrEqual(5);
  });

  it('has the effect of its calls in their order, whatever they are', () => {
    const call = fc.oneof(
      fc.record({ operator: fc.constant<'$set'>('$set'), value: fc.integer({ min: -9, max: 9 }) }),
      fc.record({
        operator: fc.constantFrom<'$inc' | '$mul' | '$min' | '$max'>('$inc', '$mul', '$min', '$max'),
        value: fc.integer({ min: -3, max: 3 }),
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b'), call), { maxLength: 12 }), (calls) => {
        const buffer = new ProfileBuffer();
        const expected: Record<string, number> = {};
        for (const [property, { operator, value }] of calls) {
          const text = operator === '$set' ? String(value) : value;
          buffer.add({ operator, property, value: text } as Parameters<ProfileBuffer['add']>[0]);
          expected[property] = applied(expected[property], operator, value);
        }
        const stored: Record<string, number> = {};
        for (const request of buffer.take()) {
          for (const [property, change] of Object.entries(JSON.parse(request) as Record<string, unknown>)) {
            const [operator, value] =
              typeof change === 'object' ? (Object.entries(change as object)[0] ?? []) : ['$set', change];
            stored[property] = applied(stored[property], operator as ProfileOperator, value as number);
          }
        }
        expect(stored).toEqual(expected);
      }),
    );
  });
});

/** What a server does. */
function applied(before: number | undefined, operator: ProfileOperator, value: number): number {
  switch (operator) {
    case '$inc':
      return (before ?? 0) + value;
    case '$mul':
      return (before ?? 0) * value || 0;
    case '$min':
      return before === undefined ? value : Math.min(before, value);
    case '$max':
      return before === undefined ? value : Math.max(before, value);
    default:
      return value;
  }
}
