import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { IdRun } from '../../lib/journal/id-runs.js';
import { Segment } from '../../lib/journal/segment.js';

// For machines that are busy with other things.
vi.setConfig({ testTimeout: 60_000 });

const segment = (): Segment => new Segment({ sequence: 1, firstId: 100, firstTime: 0 }, '/s');

const idsOf = (runs: readonly IdRun[]): Set<number> =>
  new Set(runs.flatMap(({ first, more }) => Array.from({ length: more + 1 }, (_, i) => first + i)));

describe('Segment', () => {
  it('settles an entry once', () => {
    const it = segment();
    for (const id of [100, 101, 105]) it.add(id);
    expect([it.settle(101), it.settle(101), it.settle(103), it.settle(99), it.settle(106)]).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(it.live).toBe(2);
  });

  it('tells settlements once and bridges what is settled already', () => {
    const it = segment();
    for (let id = 100; id < 120; id++) it.add(id);
    for (const id of [103, 104]) it.settle(id);
    expect(it.takeNews()).toEqual([{ first: 103, more: 1 }]);
    expect(it.hasNews).toBe(false);
    for (const id of [101, 102, 105, 110]) it.settle(id);
    expect(it.takeNews()).toEqual([
      { first: 101, more: 4 },
      { first: 110, more: 0 },
    ]);
  });

  it('never says that a live entry is settled, and forgets no settlement', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(5_000), { maxLength: 200 }), { maxLength: 5 }), (rounds) => {
        const it = segment();
        const live = new Set<number>();
        for (let id = 100; id <= 5_100; id += 1 + (id % 3)) {
          it.add(id);
          live.add(id);
        }
        const all = new Set(live);
        for (const round of rounds) {
          const now = round.map((n) => n + 100).filter((id) => live.delete(id));
          for (const n of round) it.settle(n + 100);
          const told = idsOf(it.takeNews());
          expect(now.filter((id) => !told.has(id))).toEqual([]);
          expect([...told].filter((id) => live.has(id))).toEqual([]);
          expect(it.live).toBe(live.size);
        }
        const settled = idsOf(it.allSettled());
        expect([...all].filter((id) => settled.has(id) === live.has(id))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});
