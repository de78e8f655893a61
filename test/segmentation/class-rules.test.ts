import 'reflect-metadata';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import { beforeEach, describe, expect, test } from 'vitest';
import { mapped } from '../../lib/segmentation/to-segmentation.js';

type Class = abstract new (...args: never[]) => object;
let told: string[] = [];
const map = (value: unknown, type?: Class) =>
  mapped('', value, { type, isGiven: type !== undefined, tell: (_, message) => void told.push(message) });

class Address {
  @Expose() city = 'Oslo';
  street = 'Main Street 1';
  constructor(city?: { readonly name: string }) {
    if (city !== undefined) this.city = city.name;
  }
}

class Payment {
  @Exclude() secret = 'never';
  method = 'any';
}
class Card extends Payment {
  @Transform(({ value }) => String(value).slice(-4)) digits = '4111111111111111';
  @Exclude() holder = 'Someone';
}
class Voucher extends Payment {
  @Expose({ name: 'code_kind' }) kind = 'gift';
}

class Customer {
  @Type(() => Address) address: object = new Address();
}

class Order {
  @Type(() => Customer) customer: object = new Customer();
  @Type(() => Payment) payment: object = new Payment();
  @Type(() => Payment, {
    discriminator: {
      property: 'by',
      subTypes: [
        { value: Card, name: 'card' },
        { value: Voucher, name: 'voucher' },
      ],
    },
  })
  settled: object = new Payment();
  total = 12;
}

class Rounded {
  @Transform(({ value }) => Math.round(value as number)) total = 12;
}

beforeEach(() => {
  told = [];
});

describe('the rules of a class, at every depth', () => {
  test.each([
    ['an instance', Object.assign(new Order(), { settled: new Card(), payment: new Payment() })],
    [
      'a plain object',
      {
        total: 12,
        customer: { address: { city: 'Oslo', street: 'secret' } },
        payment: { method: 'any', secret: 'never' },
        settled: { by: 'card', method: 'any', secret: 'never', digits: '4111111111111111', holder: 'Someone' },
      },
    ],
    [
      'an instance that holds plain objects',
      Object.assign(new Order(), {
        customer: { address: { city: 'Oslo', street: 'secret' } },
        payment: { method: 'any', secret: 'never' },
        settled: { by: 'card', method: 'any', secret: 'never', digits: '4111111111111111', holder: 'Someone' },
      }),
    ],
  ])('hold for %s of a class with nothing but @Type', (_, order) => {
    const { settled_by: _by, ...segments } = map(order, Order);
    expect(segments).toEqual({
      total: 12,
      customer_address_city: 'Oslo',
      payment_method: 'any',
      settled_method: 'any',
      settled_digits: '1111',
    });
  });

  test('an instance of a subclass keeps its own rules where @Type names the parent', () => {
    const order = Object.assign(new Order(), { payment: new Card(), settled: new Voucher() });
    expect(map(order)).toMatchObject({ payment_digits: '1111', payment_method: 'any', settled_code_kind: 'gift' });
    expect(JSON.stringify(map(order))).not.toMatch(/never|Someone|4111/);
  });

  test('objects are left as they were', () => {
    const settled = Object.freeze({ by: 'card', digits: '42' });
    const order = Object.freeze(Object.assign(new Order(), { settled, customer: Object.freeze({}) }));
    const instance = Object.assign(new Order(), { settled: new Card() });
    expect(map(order)).toMatchObject({ settled_digits: '42' });
    map(instance);
    expect(Object.keys(instance.settled)).not.toContain('by');
    expect(order.settled).toEqual({ by: 'card', digits: '42' });
  });

  test('a class with nothing but @Transform is one with rules, whatever comes out', () => {
    expect(map({ total: 12 }, Rounded)).toEqual({ total: 12 });
    expect(map({ total: 12.4 }, Rounded)).toEqual({ total: 12 });
    expect(map(new Rounded())).toEqual({ total: 12 });
  });

  test('lists of mapped objects and elements hide what their class excludes', () => {
    class Basket {
      @Expose() @Type(() => Payment) payments = [new Card(), { secret: 'never', method: 'x' }];
      @Expose() @Transform(({ value }) => (value as unknown[]).length) items = [{ a: 1 }, { a: 2 }];
      @Expose() tags = new Set(['a', 'b']);
    }
    expect(map(new Basket())).toEqual({ items: 2, tags: ['a', 'b'] });
  });

  test('private fields, methods and getters work on the object itself', () => {
    class Wallet {
      #cents = 250;
      @Expose() get euros(): number {
        return this.#cents / 100;
      }
      @Expose() total(): number {
        return this.#cents;
      }
      @Expose() @Transform(({ obj }) => (obj as Wallet).total() + 1) more = 0;
    }
    expect(map(new Wallet())).toEqual({ euros: 2.5, total: 250, more: 251 });
  });

  test('a @Transform sees what it would see: objects, lists, their class and their text', () => {
    class Profile {
      @Expose() @Transform(({ value }) => (typeof value === 'object' ? (value as Address).city : 'none')) home =
        new Address();
      @Expose() @Transform(({ value }) => value instanceof Address) known = new Address();
      @Expose() @Transform(({ value }) => JSON.stringify(value)) raw = { a: [1, { b: 2 }] };
    }
    expect(map(new Profile())).toEqual({ home: 'Oslo', known: true, raw: '{"a":[1,{"b":2}]}' });
  });

  test('a @Transform that throws costs its own key, and is told', () => {
    class Broken {
      @Expose() name = 'x';
      @Transform(({ obj }) => {
        throw new Error(`no ${(obj as Broken).name}`);
      })
      @Expose()
      bad = 1;
      @Expose() last = true;
    }
    expect(map({ fine: 1, broken: new Broken() })).toEqual({ fine: 1, broken_name: 'x', broken_last: true });
    expect(told).toEqual(['class-transformer could not map Broken (Error). What is left out is `bad`.']);
  });

  test('plain objects under a class that cannot be made stay out', () => {
    class Strict {
      @Expose() city: string;
      street = '';
      constructor(init: { city: string }) {
        this.city = init.city;
      }
    }
    class Parcel {
      @Type(() => Strict) to: object = {};
      weight = 1;
    }
    expect(map({ to: { city: 'Oslo', street: 'secret' }, weight: 1 }, Parcel)).toEqual({ weight: 1 });
    expect(told[0]).toContain('`to` of Parcel is left out');
  });

  test('exposing everything by class, groups and directions', () => {
    @Expose()
    class All {
      a = 1;
      @Exclude() b = 2;
      @Expose({ groups: ['admin'] }) c = 3;
    }
    class AdminOnly {
      @Expose({ groups: ['admin'] }) salary = 9;
      other = 1;
    }
    class Incoming {
      @Exclude({ toClassOnly: true }) a = 1;
      @Exclude({ toPlainOnly: true }) b = 2;
    }
    expect(map(new All())).toEqual({ a: 1 });
    expect(map(new AdminOnly())).toEqual({});
    expect(map(new Incoming())).toEqual({ a: 1 });
  });
});

describe('a class without rules', () => {
  class Plain {
    email = 'someone@example.com';
  }

  test('is not sent when it was given to be mapped by', () => {
    expect(map(new Plain(), Plain)).toEqual({});
    expect(map({ email: 'x' }, Plain)).toEqual({});
    expect(told[0]).toContain('nothing of Plain is sent');
    expect(told[0]).toContain('useClassTransformer()');
  });

  test('is taken as it is where only the compiler names it', () => {
    expect(mapped('', { email: 'x' }, { type: Plain, tell: () => {} })).toEqual({ email: 'x' });
    expect(map(new Plain())).toEqual({ email: 'someone@example.com' });
  });
});
