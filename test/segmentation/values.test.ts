import 'reflect-metadata';
import { Exclude, Expose, Type } from 'class-transformer';
import { model, Schema, Types } from 'mongoose';
import { beforeEach, describe, expect, test } from 'vitest';
import { mapped, toSegmentation } from '../../lib/segmentation/to-segmentation.js';

class Decimal {
  readonly digits = [1, 25];
  readonly exponent = 0;
  toJSON(): string {
    return '1.25';
  }
}
class Cents {
  constructor(readonly cents: number) {}
  valueOf(): number {
    return this.cents / 100;
  }
}

let told: string[] = [];
const map = (name: string, value: unknown) => mapped(name, value, { tell: (_, message) => void told.push(message) });
beforeEach(() => {
  told = [];
});

describe('objects that stand for a value', () => {
  const id = new Types.ObjectId('64b0c0ffee64b0c0ffee64b0');
  const text = '64b0c0ffee64b0c0ffee64b0';

  test.each([
    ['a Decimal', new Decimal(), '1.25'],
    ['an ObjectId', id, text],
    ['a Decimal128', Types.Decimal128.fromString('1.5'), '1.5'],
    ['a value by valueOf', new Cents(250), 2.5],
    ['a boxed text', new String('x'), 'x'],
    ['a URL', new URL('https://a.example/'), 'https://a.example/'],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
  ])('%s is the same under a name, in an object, in a list and in a mapped class', (_, value, expected) => {
    class Line {
      @Expose() amount: unknown = value;
    }
    expect(map('v', value)).toEqual({ v: expected });
    expect(map('', { v: value })).toEqual({ v: expected });
    expect(map('v', [value])).toEqual({ v: [expected] });
    expect(map('', new Line())).toEqual({ amount: expected });
    expect(told).toEqual([]);
  });

  test('a Mongoose document is what its toJSON shows', () => {
    const schema = new Schema(
      { name: String, secret: String, owner: { email: String } },
      {
        toJSON: {
          transform: (_doc, shown) => {
            const { secret: _secret, owner: _owner, ...rest } = shown as Record<string, unknown>;
            return rest;
          },
        },
      },
    );
    const Document = model('Segmented', schema);
    const doc = new Document({ _id: id, name: 'n', secret: 's', owner: { email: 'e@x.y' } });
    expect(map('', doc)).toEqual({ _id: text, name: 'n' });
    expect(map('doc', doc)).toEqual({ doc__id: text, doc_name: 'n' });
    expect(map('', { doc })).toEqual({ doc__id: text, doc_name: 'n' });
    class Holder {
      @Expose() @Type(() => Object) doc: object = doc;
    }
    expect(map('', new Holder())).toEqual({ doc__id: text, doc_name: 'n' });
    class View {
      @Exclude() name = '';
      _id = '';
    }
    expect(toSegmentation(doc, View)).toEqual({ _id: text });
  });
});

describe('what Countly cannot store', () => {
  test.each([
    ['an array of objects', [{ a: 1 }], 'segment "v" holds more than texts'],
    ['a Map', new Map([['a', 1]]), 'a Map cannot be broken down'],
    ['a function', () => 1, 'segment "v" is a function'],
    ['a symbol', Symbol('x'), 'segment "v" is a symbol'],
    ['NaN', Number.NaN, 'segment "v" is NaN'],
    [
      'an instance that says nothing',
      {
        inner: new (class Entity {
          id = 1;
        })(),
      },
      'an instance of Entity is left out',
    ],
  ])('%s is left out with a word', (_, value, message) => {
    expect(map('', { v: value, kept: 1 })).toEqual({ kept: 1 });
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(message);
  });

  test('a toJSON that gives instances for ever is contained', () => {
    class Endless {
      toJSON(): Endless {
        return new Endless();
      }
    }
    class Holder {
      @Expose() endless = new Endless();
      @Expose() kept = 1;
    }
    expect(map('', new Holder())).toEqual({ kept: 1 });
  });

  test('nothing is said of null and undefined', () => {
    expect(map('', { a: null, b: undefined, c: [null, 1] })).toEqual({ c: [1] });
    expect(told).toEqual([]);
  });
});
