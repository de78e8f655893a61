import { expect, test, vi } from 'vitest';
import { weave } from '../../lib/decorators/plain.js';
import { TrackEvent } from '../../lib/decorators/track-event.js';

class Cart {
  @TrackEvent('item_added')
  add(sku: string): string {
    return sku;
  }
  @TrackEvent('emptied')
  static empty(this: unknown): unknown {
    // biome-ignore lint/complexity/noThisInStatic: what it is bound to is the question
    return this;
  }
}

/** What Jest's automock takes for members of a function: values on the way up to `Function.prototype`. */
function slotsOf(fn: object): string[] {
  const found = new Set<string>();
  for (let level: object | null = fn; level !== null; level = Object.getPrototypeOf(level) as object | null) {
    if (level === Function.prototype || level === Object.prototype) break;
    for (const name of Object.getOwnPropertyNames(level)) {
      const isFixed = ['arguments', 'caller', 'callee', 'name', 'length', 'prototype'].includes(name);
      if (!isFixed && Object.getOwnPropertyDescriptor(level, name)?.get === undefined) found.add(name);
    }
  }
  return [...found];
}

test.each<[string, object]>([
  ['a method', Cart.prototype.add],
  ['a static method', Cart.empty],
  ['a woven function', weave(function sum() {}, TrackEvent('sum'))],
  ['a woven arrow function', weave(() => 1, TrackEvent('one'))],
])('an automock finds nothing on %s that it would mock', (_, fn) => {
  expect(slotsOf(fn)).toEqual([]);
});

test('bind, call, apply and toString of a woven method are the ones of the language', () => {
  const { add } = Cart.prototype;
  expect(add.bind).toBe(Function.prototype.bind);
  expect([add.call({}, 'a'), add.apply({}, ['b']), add.bind({}, 'c')()]).toEqual(['a', 'b', 'c']);
  expect(Cart.empty.bind('me')()).toBe('me');
  expect(String(add)).toContain('return sku');
});

test('they may be replaced, on the method alone', () => {
  const one = weave(() => 1, TrackEvent('one'));
  const two = weave(() => 2, TrackEvent('two'));
  const bound = () => () => 'mine';
  Object.assign(one, { bind: bound });
  expect([one.bind, two.bind]).toEqual([bound, Function.prototype.bind]);
  const spy = vi.spyOn(Cart.prototype, 'add').mockReturnValue('mocked');
  expect(new Cart().add.bind({})('x')).toBe('mocked');
  spy.mockRestore();
  expect(new Cart().add('x')).toBe('x');
});
