import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Breadcrumbs } from '../../lib/features/breadcrumbs.js';

describe('breadcrumbs', () => {
  it('keep the last lines in order, also when their number is changed meanwhile', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ lines: fc.nat(12), most: fc.nat(6) })), (phases) => {
        const breadcrumbs = new Breadcrumbs();
        let expected: string[] = [];
        let n = 0;
        for (const { lines, most } of phases) {
          for (let i = 0; i < lines; i++) {
            const line = `line ${++n}`;
            breadcrumbs.add(line, most, 100);
            expected = most === 0 ? [] : [...expected, line].slice(-most);
          }
          expect(breadcrumbs.lines()).toEqual(expected);
          expect(breadcrumbs.text()).toBe(expected.join('\n'));
        }
      }),
    );
  });

  it('are texts of limited length', () => {
    const breadcrumbs = new Breadcrumbs();
    breadcrumbs.add('a long line', 10, 6);
    breadcrumbs.add(17, 10, 6);
    expect(breadcrumbs.lines()).toEqual(['a long', '17']);
  });
});
