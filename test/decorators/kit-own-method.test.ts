import 'reflect-metadata';
import { Observable, of } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { TrackEvent } from '../../lib/decorators/track-event.js';
import { Site, type Woven, wovenBy } from '../../lib/decorators/weave/woven.js';
import { assertTransparent } from '../../lib/testing/transparency.js';
import { RecordingClient } from '../support/recording-client.js';

type Fn = (this: unknown, ...args: unknown[]) => unknown;

/** A class whose method is covered by a wrapper with a mistake, as if our weave had made it. */
function covered(method: Fn, mistake: (original: Fn) => Fn): new () => object {
  const site = new Site('method');
  const nothing = { advices: [], records: [], decorators: [], recording: undefined, endedAtOnce: 0 };
  const woven: Woven = { original: method, face: method, site, ...nothing };
  const wrapper = mistake(function (this: unknown, ...args) {
    return Reflect.apply(woven.original, this, args);
  });
  for (const key of ['name', 'length'] as const) Object.defineProperty(wrapper, key, { value: method[key] });
  Object.defineProperty(wrapper, 'toString', { value: () => method.toString() });
  wovenBy.set(wrapper, woven);
  class Covered {}
  Object.defineProperty(Covered.prototype, 'method', { value: wrapper });
  return Covered;
}

const around =
  (after: (result: unknown) => unknown) =>
  (original: Fn): Fn =>
    function (this: unknown, ...args) {
      return after(Reflect.apply(original, this, args));
    };
const lazy = (): object => ({
  // biome-ignore lint/suspicious/noThenProperty: a lazy query is a thenable
  then: (resolve: (rows: unknown[]) => void) => resolve([]),
});

/** Mistakes that only a call of the user's own method can show, with a method that shows each. */
const MISTAKES: Record<string, { method: Fn; mistake: (original: Fn) => Fn; sees: RegExp }> = {
  'another this': {
    method: () => 1,
    mistake: (original) => () => Reflect.apply(original, {}, []),
    sees: /`this` is another object/,
  },
  'a missing argument': {
    method: () => 1,
    mistake: (original) =>
      function (this: unknown, ...args) {
        return Reflect.apply(original, this, args.slice(1));
      },
    sees: /the arguments are others/,
  },
  'a second call': {
    method: () => 1,
    mistake: (original) =>
      function (this: unknown, ...args) {
        Reflect.apply(original, this, args);
        return Reflect.apply(original, this, args);
      },
    sees: /the method was called 2 times/,
  },
  'a method that is not called': { method: () => 1, mistake: () => () => 1, sees: /the method was not called/ },
  'a copy of the result': {
    method: () => ({ a: 1 }),
    mistake: around((result) => ({ ...(result as object) })),
    sees: /another value came back/,
  },
  'a promise of a value': {
    method: () => 1,
    mistake: around(async (result) => result),
    sees: /another value came back/,
  },
  'another thrown value': {
    method: () => {
      throw null;
    },
    mistake: (original) =>
      function (this: unknown, ...args) {
        try {
          return Reflect.apply(original, this, args);
        } catch (error) {
          throw new TypeError('instead', { cause: error });
        }
      },
    sees: /another value is thrown/,
  },
  'a swallowed error': {
    method: () => {
      throw new Error('x');
    },
    mistake: (original) =>
      function (this: unknown, ...args) {
        try {
          return Reflect.apply(original, this, args);
        } catch {
          return undefined;
        }
      },
    sees: /what it threw was swallowed[\s\S]*it returns undefined, and without decorators it throws an object of Error/,
  },
  'another value in the promise': {
    method: async () => ({}),
    mistake: around((result) => (result as Promise<object>).then((value) => ({ ...value }))),
    sees: /a promise is fulfilled with another value/,
  },
  'a rejection that becomes a value': {
    method: async () => {
      throw new Error('x');
    },
    mistake: around((result) => (result as Promise<unknown>).catch(() => 1)),
    sees: /a promise that is rejected came back as fulfilled/,
  },
  'a rejection that is marked as handled': {
    method: async () => {
      throw new Error('x');
    },
    mistake: around((result) => {
      (result as Promise<unknown>).catch(() => {});
      return result;
    }),
    sees: /a forgotten rejection is reported 0 times/,
  },
  'a rejection that is forgotten on a side branch': {
    method: async () => {
      throw new Error('x');
    },
    mistake: around((result) => {
      (result as Promise<unknown>).finally(() => {});
      return result;
    }),
    sees: /a forgotten rejection is reported 2 times/,
  },
  'a query that is started': {
    method: lazy,
    mistake: around((result) => {
      (result as PromiseLike<unknown>).then(() => {});
      return result;
    }),
    sees: /lazy work was started that nobody asked for/,
  },
  'a query that becomes a promise': {
    method: lazy,
    mistake: around((result) => Promise.resolve(result)),
    sees: /lazy work was started/,
  },
  'an Observable that is subscribed to': {
    method: () => of(1),
    mistake: around((result) => {
      (result as Observable<number>).subscribe();
      return result;
    }),
    sees: /lazy work was started that nobody asked for/,
  },
  'an Observable that becomes a promise': {
    method: () => new Observable(),
    mistake: around((result) => Promise.resolve(result)),
    sees: /an Observable came back as something else/,
  },
  'lost metadata': {
    method: Object.assign(() => 1, {}),
    mistake: around((result) => result),
    sees: /metadata: what is written on the wrapper later is not seen on the other side/,
  },
};

describe('the transparency kit on a method of the user', () => {
  test.each(Object.entries(MISTAKES))('sees %s', async (_name, { method, mistake, sees }) => {
    await expect(assertTransparent(covered(method, mistake), 'method', { args: [1, 2] })).rejects.toThrow(sees);
  });

  class Shop {
    readonly #rates: Record<string, number>;
    readonly calls: unknown[][];
    constructor(rates: Record<string, number>, calls: unknown[][]) {
      this.#rates = rates;
      this.calls = calls;
    }
    @TrackEvent('converted', { client: 'other' })
    convert(amount: number, currency: string): number {
      this.calls.push([amount, currency]);
      return amount * (this.#rates[currency] as number);
    }
    @TrackEvent('static')
    static open(): unknown {
      return new Date();
    }
  }

  test('calls it on the objects and with the arguments it was given, and records nothing', async () => {
    const others = [new RecordingClient().register(), new RecordingClient('other').register()];
    const calls: unknown[][] = [];
    const args: unknown[][] = [];
    await assertTransparent(Shop, 'convert', {
      instance: () => new Shop({ EUR: 2 }, calls),
      args: () => {
        args.push([21, 'EUR']);
        return [21, 'EUR'];
      },
    });
    for (const client of others) {
      client.unregister();
      expect(client.records).toEqual([]);
    }
    expect(calls.length).toBeGreaterThan(1);
    expect(calls).toEqual(args);
  });

  test('calls a static method on its class, and none at all when told so', async () => {
    await assertTransparent(Shop, 'open', { static: true });
    await assertTransparent(Shop, 'convert', { run: false });
  });

  test('asks for an object when it cannot make one', async () => {
    class Picky {
      constructor(shop: { name: string }) {
        this.name = shop.name;
      }
      readonly name: string;
      @TrackEvent('x')
      look(): void {}
    }
    await expect(assertTransparent(Picky, 'look')).rejects.toThrow(/new Picky\(\) fails.*give an option `instance`/);
  });

  test('the method is as before afterwards', async () => {
    const client = new RecordingClient().register();
    const other = new RecordingClient('other').register();
    const shop = new Shop({ EUR: 3 }, []);
    expect(shop.convert(2, 'EUR')).toBe(6);
    await assertTransparent(Shop, 'convert', { instance: () => shop, args: [1, 'EUR'] });
    expect(shop.convert(2, 'EUR')).toBe(6);
    client.unregister();
    other.unregister();
    expect(client.records).toEqual([]);
    expect(other.of('event')).toHaveLength(2);
  });
});
