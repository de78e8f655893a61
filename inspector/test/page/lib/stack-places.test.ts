import { describe, expect, it } from 'vitest';
import { placesIn } from '../../../page/lib/stack-places.js';

const placesOf = (stack: string) => placesIn(stack).flatMap(({ place }) => place ?? []);

describe('the places in a stack', () => {
  it('are files with line and column, by path or by address', () => {
    const stack =
      'Error: a\n    at pay (/srv/shop/a.ts:12:3)\n    at file:///srv/my%20shop/b.ts:4:1\n    at node:internal/x:1:2';
    expect(placesOf(stack)).toEqual([
      { file: '/srv/shop/a.ts', line: 12, column: 3 },
      { file: '/srv/my shop/b.ts', line: 4, column: 1 },
    ]);
    expect(
      placesIn(stack)
        .map(({ text }) => text)
        .join(''),
    ).toBe(stack);
  });

  it.each(['', '/', 'a:1:2', 'file:///%:1:1', '/%E0%A4%A:1:1'])('take anything for text: %j', (text) => {
    expect(
      placesIn(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  });

  it('are found in no time, whatever the text', () => {
    const startedAt = performance.now();
    for (const text of ['/'.repeat(1e6), '/a:1:'.repeat(2e5), 'file:'.repeat(2e5), '/a:1:1'.repeat(2e5)])
      placesIn(text);
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});
