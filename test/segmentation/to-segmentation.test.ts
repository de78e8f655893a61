import 'reflect-metadata';
import { Exclude, Expose, instanceToPlain, Transform, Type } from 'class-transformer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toSegmentation } from '../../lib/segmentation/to-segmentation.js';

class Address {
  @Expose({ groups: ['countly'] }) city = 'Oslo';
  @Expose({ groups: ['admin'] }) street = 'Main Street 1';
}

class Person {
  @Expose({ name: 'person.kind', groups: ['countly'] }) type = 'guest';
  @Expose() open = true;
  @Expose({ groups: ['admin'] }) salary = 9;
  @Exclude() email = 'a@b.c';
  @Expose({ toClassOnly: true }) incoming = 1;
  @Expose() @Type(() => Address) address: object = new Address();
  @Expose() @Transform(({ value, obj }) => `${value}/${(obj as Person).type}`) tier = 1;
  @Expose() literal = { deep: { er: 1 }, list: [1, 'a', {}, null] };
  @Expose() get initials(): string {
    return 'X.Y.';
  }
  @Expose() total(): number {
    return 5;
  }
  @Expose() get broken(): string {
    throw new Error('getter');
  }
  hidden = 'not exposed';
}

class OnlyExcludes {
  kept = 1;
  @Exclude() secret = 's';
  method = (): never => {
    throw new Error('must not be called');
  };
}

@Exclude()
class ExcludedByDefault {
  @Expose() kept = 1;
  other = 2;
}

describe('toSegmentation', () => {
  test('a mapped class decides what leaves, under which name', () => {
    expect(toSegmentation(new Person())).toEqual({
      person_kind: 'guest',
      open: true,
      address_city: 'Oslo',
      tier: '1/guest',
      literal_deep_er: 1,
      literal_list: [1, 'a'],
      initials: 'X.Y.',
      total: 5,
    });
    expect(toSegmentation(new OnlyExcludes())).toEqual({ kept: 1 });
    expect(toSegmentation(new ExcludedByDefault())).toEqual({ kept: 1 });
    expect(toSegmentation(new (class extends Person {})())).toHaveProperty('person_kind');
  });

  test('the rules hold for plain objects of a declared type, also nested ones', () => {
    const plain = { type: 'x', email: 'secret', hidden: 'h', address: { city: 'Bergen', street: 'secret' } };
    expect(toSegmentation(plain, Person)).toMatchObject({ person_kind: 'x', address_city: 'Bergen' });
    expect(JSON.stringify(toSegmentation(plain, Person))).not.toContain('secret');
  });

  test('for flat classes it agrees with instanceToPlain', () => {
    class Flat {
      @Expose({ name: 'renamed', groups: ['countly'] }) a = 1;
      @Expose({ groups: ['other'] }) b = 2;
      @Expose() c = 'text';
      @Exclude() d = true;
      @Expose() @Transform(({ value }) => (value as number) * 2) e = 4;
      f = 6;
    }
    const options = { groups: ['countly'], excludeExtraneousValues: true };
    expect(toSegmentation(new Flat())).toEqual(instanceToPlain(new Flat(), options));
  });

  test('a plain object gives its own values, flat and without dots', () => {
    class Entity {
      id = 1;
    }
    const when = new Date(0);
    const value = {
      'a.b': 1,
      when,
      invalid: new Date(Number.NaN),
      big: 12n,
      nan: Number.NaN,
      none: null,
      missing: undefined,
      fn: () => 1,
      symbol: Symbol('x'),
      [Symbol('key')]: 1,
      list: [1, 'a', true, null, {}, 2n],
      empty: [],
      nested: { 'c.d': { e: 'f' } },
      entity: new Entity(),
      map: new Map([['x', 1]]),
      buffer: Buffer.from('x'),
    };
    expect(toSegmentation(value)).toEqual({
      a_b: 1,
      when: '1970-01-01T00:00:00.000Z',
      big: '12',
      list: [1, 'a', true, '2'],
      nested_c_d_e: 'f',
    });
    expect(toSegmentation(new Entity())).toEqual({ id: 1 });
  });

  test('cycles, depth, hostile getters and proxies are contained', () => {
    const cyclic: Record<string, unknown> = { a: 1 };
    cyclic['self'] = cyclic;
    cyclic['deep'] = { b: { c: { d: { e: { f: { g: 1 } } } } }, back: cyclic };
    expect(toSegmentation(cyclic)).toEqual({ a: 1 });
    const hostile = {
      fine: 1,
      get bad(): number {
        throw new Error('x');
      },
    };
    expect(toSegmentation(hostile)).toEqual({ fine: 1 });
    const proxy = new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('x');
        },
      },
    );
    expect(toSegmentation(proxy)).toEqual({});
    expect(toSegmentation(Object.create(null))).toEqual({});
  });

  test('never throws, and gives scalars and lists of scalars only', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
        (value) => {
          for (const [key, item] of Object.entries(toSegmentation(value))) {
            expect(key).not.toContain('.');
            const items = Array.isArray(item) ? item : [item];
            for (const one of items) expect(['string', 'number', 'boolean']).toContain(typeof one);
          }
        },
      ),
    );
  });
});
