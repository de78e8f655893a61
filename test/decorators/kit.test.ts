import { Observable } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { violations, type Wrapping } from '../../lib/testing/transparency.js';

type Fn = (this: unknown, ...args: unknown[]) => unknown;
const check = (wrap: (original: Fn) => Fn) =>
  violations(wrap as unknown as Wrapping, { Observable: Observable as never });

/** The mistakes other decorators make; the kit has to see each of them. */
const BROKEN: Record<string, { wrap: (original: Fn) => Fn; sees: RegExp }> = {
  'an async wrapper': {
    wrap: (original) =>
      async function (this: unknown, ...args) {
        return Reflect.apply(original, this, args);
      },
    sees: /returned values[\s\S]*thrown values[\s\S]*generators/,
  },
  'a wrapper that loses this': {
    wrap:
      (original) =>
      (...args) =>
        original(...args),
    sees: /this and arguments/,
  },
  'a wrapper that drops name and metadata': {
    wrap: (original) =>
      function (this: unknown, ...args) {
        return Reflect.apply(original, this, args);
      },
    sees: /name, length[\s\S]*metadata/,
  },
  'a side branch on the promise': {
    wrap: (original) =>
      new Proxy(original, {
        apply(target, self, args) {
          const result: unknown = Reflect.apply(target, self, args);
          if (result instanceof Promise) result.then(undefined, () => {});
          return result;
        },
      }),
    sees: /unhandled rejections: a forgotten rejection is no longer reported/,
  },
  'a wrapper that asks the thenable': {
    wrap: (original) =>
      new Proxy(original, {
        apply(target, self, args) {
          const result = Reflect.apply(target, self, args) as { then?: (f: () => void) => void } | null | undefined;
          if (result !== null && typeof result === 'object' && typeof result.then === 'function') result.then(() => {});
          return result;
        },
      }),
    sees: /lazy queries: a query was started/,
  },
  'an error handler that reads the error': {
    wrap: (original) =>
      new Proxy(original, {
        apply(target, self, args) {
          try {
            return Reflect.apply(target, self, args) as unknown;
          } catch (error) {
            void (error as Error).message;
            throw error;
          }
        },
      }),
    sees: /thrown values/,
  },
  'a generator that is run ahead': {
    wrap: (original) =>
      new Proxy(original, {
        apply(target, self, args) {
          const result: unknown = Reflect.apply(target, self, args);
          const isGenerator = Object.prototype.toString.call(result) === '[object Generator]';
          return isGenerator ? [...(result as Generator)][Symbol.iterator]() : result;
        },
      }),
    sees: /generators: the body ran before/,
  },
};

describe('the transparency kit', () => {
  test('has nothing to say about a bare function', async () => {
    expect(await check((original) => original)).toEqual([]);
  });

  test.each(Object.entries(BROKEN))('sees %s', async (_name, { wrap, sees }) => {
    expect((await check(wrap)).join('\n')).toMatch(sees);
  });
});
