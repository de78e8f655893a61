import 'reflect-metadata';
import { Exclude, Expose } from 'class-transformer';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Breadcrumb } from '../../lib/decorators/breadcrumb.js';
import { ReportErrors } from '../../lib/decorators/report-errors.js';
import { TrackEvent } from '../../lib/decorators/track-event.js';
import { TrackView } from '../../lib/decorators/track-view.js';
import { Segment } from '../../lib/segmentation/segment.js';
import { RecordingClient } from '../support/recording-client.js';

class Order {
  @Expose({ name: 'plan', groups: ['countly'] })
  tier = 'pro';
  @Expose({ groups: ['countly'] })
  total = 12.5;
  @Exclude()
  email = 'someone@example.com';
  note = 'not exposed';
}

class Checkout {
  @TrackEvent('pay', { segmentation: { currency: 'overridden' } })
  @TrackView('Checkout')
  @ReportErrors()
  pay(@Segment('currency') _currency: string, @Segment() _order: Order, fail = false): void {
    if (fail) throw new Error('declined');
  }

  @TrackEvent('named')
  @Breadcrumb()
  named(@Segment('order') _order: Order, @Segment('tags') _tags: string[]): void {}

  @TrackEvent('nameless')
  nameless(@Segment() _text: string): void {}

  @TrackEvent('mapped', { segmentation: Order })
  mapped(_other: number, _order: Order): void {}

  @TrackEvent('result', { segmentation: Order })
  result(): Promise<Order> {
    return Promise.resolve(new Order());
  }
}

class Special extends Checkout {
  override pay(currency: string, order: Order, fail = false): void {
    super.pay(currency, order, fail);
  }
}

describe('@Segment and segmentation classes', () => {
  let client: RecordingClient;
  beforeEach(() => {
    client = new RecordingClient().register();
  });
  afterEach(() => client.unregister());

  const eventSegments = () => client.of('event').map(({ options }) => options.segmentation);

  test('marked parameters reach events, views and crashes; the option wins', () => {
    const checkout = new Special();
    checkout.pay('EUR', new Order());
    expect(() => checkout.pay('EUR', new Order(), true)).toThrow('declined');
    expect(eventSegments()).toEqual([{ currency: 'overridden', plan: 'pro', total: 12.5 }]);
    expect(client.of('view')[0]?.options.segmentation).toEqual({ currency: 'EUR', plan: 'pro', total: 12.5 });
    expect(client.of('crash')[0]?.options.segmentation).toEqual({ currency: 'EUR', plan: 'pro', total: 12.5 });
  });

  test('a plain object in place of the declared class keeps the rules of the class', () => {
    new Checkout().pay('EUR', { tier: 'free', total: 1, email: 'other@example.com', note: 'x' });
    expect(eventSegments()).toEqual([{ currency: 'overridden', plan: 'free', total: 1 }]);
    expect(JSON.stringify(client.records)).not.toContain('example.com');
  });

  test('a name becomes the prefix of an object and the key of a list', () => {
    new Checkout().named(new Order(), ['a', 'b']);
    expect(eventSegments()).toEqual([{ order_plan: 'pro', order_total: 12.5, tags: ['a', 'b'] }]);
  });

  test('a text without a name is told once', () => {
    const checkout = new Checkout();
    checkout.nameless('x');
    checkout.nameless('x');
    expect(eventSegments()).toEqual([{}, {}]);
    expect(client.warnings[0]).toContain('@Segment() on parameter 1 of nameless got a string; give it a name');
  });

  test('a class takes the argument or the result that is one, or is declared as one', async () => {
    const checkout = new Checkout();
    checkout.mapped(1, new Order());
    checkout.mapped(1, { tier: 'x', total: 2, email: 'a@b.c', note: '' });
    await checkout.result();
    expect(eventSegments()).toEqual([
      { plan: 'pro', total: 12.5 },
      { plan: 'x', total: 2 },
      { plan: 'pro', total: 12.5 },
    ]);
  });

  describe('without types from the compiler', () => {
    type Decorate = (target: object, key: string, index: number) => void;
    /** A class as compilers leave it that emit no metadata. */
    function watched(...parameters: Decorate[]): { pay(...args: unknown[]): void } {
      class Till {
        pay(..._args: unknown[]): void {}
      }
      parameters.forEach((decorate, index) => {
        decorate(Till.prototype, 'pay', index);
      });
      const descriptor = Object.getOwnPropertyDescriptor(Till.prototype, 'pay') as PropertyDescriptor;
      TrackEvent('pay')(Till.prototype, 'pay', descriptor);
      Object.defineProperty(Till.prototype, 'pay', descriptor);
      return new Till();
    }
    const order = { tier: 'free', total: 1, email: 'other@example.com', note: 'x' };

    test('the class that is given decides, with and without a name', () => {
      watched(Segment(Order), Segment('order', Order)).pay(order, order);
      expect(eventSegments()).toEqual([{ plan: 'free', total: 1, order_plan: 'free', order_total: 1 }]);
      expect(client.warnings).toEqual([]);
    });

    test('a plain object without a class is told once, with the method and the compiler option', () => {
      const till = watched(Segment());
      till.pay({ a: 1 });
      till.pay({ a: 2 });
      expect(eventSegments()).toEqual([{ a: 1 }, { a: 2 }]);
      expect(new Set(client.warnings).size).toBe(1);
      expect(client.warnings[0]).toMatch(/Till\.pay.*emitDecoratorMetadata.*@Segment\(Order\)/);
    });

    test('a method may be named by a number, which some compilers hand over as one', () => {
      class Till {
        404(_page: string): void {}
      }
      const descriptor = Object.getOwnPropertyDescriptor(Till.prototype, 404) as PropertyDescriptor;
      (Segment('page') as (target: object, key: unknown, index: number) => void)(Till.prototype, 404, 0);
      TrackEvent('missing')(Till.prototype, 404 as unknown as string, descriptor);
      Object.defineProperty(Till.prototype, 404, descriptor);
      new Till()[404]('/cat');
      expect(eventSegments()).toEqual([{ page: '/cat' }]);
    });

    test('Object says that a literal is meant to go as it is', () => {
      watched(Segment(Object)).pay({ a: 1 });
      expect(eventSegments()).toEqual([{ a: 1 }]);
      expect(client.warnings).toEqual([]);
    });

    test('instances and scalars need no types', () => {
      watched(Segment('currency'), Segment()).pay('EUR', new Order());
      expect(eventSegments()).toEqual([{ currency: 'EUR', plan: 'pro', total: 12.5 }]);
      expect(client.warnings).toEqual([]);
    });
  });

  test('what cannot be stored is told with the decorator and the method, from wherever it comes', () => {
    class Stock {
      @TrackEvent('fixed', { segmentation: { of: new Map() } as never })
      fixed(): void {}
      @TrackEvent('computed', { segmentation: () => ({ list: [{ a: 1 }], kept: 1 }) as never })
      computed(): void {}
      @TrackEvent('taken')
      taken(@Segment('done') _done: unknown): void {}
    }
    const stock = new Stock();
    for (let i = 0; i < 2; i++) {
      stock.fixed();
      stock.computed();
      stock.taken(() => 1);
    }
    expect(eventSegments().slice(0, 3)).toEqual([{}, { kept: 1 }, {}]);
    const places = client.warnings.map((text) => /(@\w+ on Stock\.\w+): /.exec(text)?.[1]);
    expect([...new Set(places)]).toEqual([
      '@TrackEvent on Stock.fixed',
      '@TrackEvent on Stock.computed',
      '@Segment on Stock.taken',
    ]);
  });

  test('it is refused where no parameter of a method is', () => {
    const decorate = Segment('x') as (...args: unknown[]) => void;
    expect(() => decorate(Checkout, undefined, 0)).toThrow(/not a parameter of a method/);
    expect(() => decorate(Checkout.prototype, 'pay', {})).toThrow(/not a parameter of a method/);
    expect(() => Segment('')).toThrow(/non-empty string/);
    expect(() => Segment('x', 'Order' as never)).toThrow(/expected a class/);
  });
});
