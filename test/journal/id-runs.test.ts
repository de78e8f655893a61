import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRuns, type IdRun, parseRuns, runsOf } from '../../lib/journal/id-runs.js';
import { IdSet } from '../../lib/journal/id-set.js';

const expand = (runs: readonly IdRun[]): number[] =>
  runs.flatMap(({ first, more }) => Array.from({ length: more + 1 }, (_, i) => first + i));

describe('id runs', () => {
  it('are short for neighbours', () => {
    expect(formatRuns(runsOf([12, 13, 14, 20]), 10)).toBe('2+2,6');
    expect(formatRuns(runsOf([5]), 10)).toBe('-5');
  });

  it('survive as text, in any order and from any base', () => {
    const ids = fc.array(fc.oneof(fc.nat(50), fc.nat(1e9)), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(ids, fc.nat(1e9), (list, base) => {
        expect(expand(parseRuns(formatRuns(runsOf(list), base), base))).toEqual(list);
      }),
    );
  });

  it('make no ids of text that is none', () => {
    expect(parseRuns('', 1)).toEqual([]);
    expect(parseRuns('!,3', 1)).toEqual([]);
  });
});

describe('IdSet', () => {
  it('behaves like a set', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(200_000), fc.nat(40))), fc.array(fc.nat(200_000)), (runs, probes) => {
        const set = new IdSet();
        const model = new Set<number>();
        for (const [first, more] of runs) {
          set.addRun({ first, more });
          for (const id of expand([{ first, more }])) model.add(id);
        }
        for (const id of [...probes, ...model]) expect(set.has(id)).toBe(model.has(id));
      }),
    );
  });
});
