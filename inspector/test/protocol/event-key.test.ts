import { describe, expect, it } from 'vitest';
import { storedKey } from '../../src/protocol/event-key.js';

describe('storedKey', () => {
  it.each([
    ['single dots stay', 'shop.checkout', 'shop.checkout'],
    ['double dots are cut', 'shop..checkout', 'shopcheckout'],
    ['dollars are cut', '$pay$', 'pay'],
    ['"system." is cut', 'system.start', 'start'],
    ['what is no text becomes JSON text', { a: 1 }, '{"a":1}'],
    ['nothing stays nothing', undefined, ''],
  ])('%s', (_name, key, expected) => {
    expect(storedKey(key)).toBe(expected);
  });
});
