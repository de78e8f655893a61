import { describe, expect, it } from 'vitest';
import { ownPath } from '../../src/pages/own-path.js';

describe('where a form leads back to', () => {
  it.each(['/', '/cart', '/checkout/thanks?order=1#top', '/products/7%2F8', '/%09/host'])(
    'is a path of the shop: %s',
    (path) => {
      expect(ownPath(path)).toBe(path);
    },
  );

  it.each([
    '//host',
    '/\\host',
    '\\\\host',
    '/\t/host',
    '/\n/host',
    '/\r\\host',
    '\t//host',
    ' //host',
    '/.//host',
    '/a/..//host',
    '/%2e//host',
    'https://host',
    'javascript:alert(1)',
    'cart',
    '',
    undefined,
    7,
    ['/cart'],
  ])('is the home page for %j', (given) => {
    expect(ownPath(given)).toBe('/');
  });

  it.each(['/\t/host', '/.//host', '/\\host', '/\r\n/host', '//host'])(
    'never leaves the shop in a browser: %j',
    (given) => {
      expect(new URL(ownPath(given), 'http://127.0.0.1:3000').origin).toBe('http://127.0.0.1:3000');
    },
  );
});
