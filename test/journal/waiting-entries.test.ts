import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WaitingEntries } from '../../lib/journal/waiting-entries.js';
import { event } from './support/entries.js';

function takeAll(waiting: WaitingEntries): number[] {
  const ids: number[] = [];
  waiting.take(({ id }) => ids.push(id) > 0);
  return ids;
}

describe('WaitingEntries', () => {
  it('give back in order what was pushed and not dropped', () => {
    const step = fc.oneof(
      fc.record({ push: fc.nat(1_500) }),
      fc.record({ gap: fc.integer({ min: 1, max: 10_000 }) }),
      fc.record({ drop: fc.array(fc.nat(3_000), { maxLength: 800 }) }),
      fc.record({ take: fc.integer({ min: 1, max: 1_500 }) }),
      fc.constant({ clear: true as const }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const waiting = new WaitingEntries();
        let model: number[] = [];
        let next = 1;
        for (const it of steps) {
          if ('push' in it) {
            for (let n = 0; n < it.push; n++) {
              waiting.push(event(0, { id: next }));
              model.push(next++);
            }
          } else if ('gap' in it) next += it.gap;
          else if ('drop' in it) {
            const has = new Set(model);
            for (const id of it.drop) expect(waiting.drop(id)).toBe(has.delete(id));
            model = [...has];
          } else if ('take' in it) {
            let left = it.take;
            const taken: number[] = [];
            waiting.take(({ id }) => taken.push(id) > 0 && --left > 0);
            expect(taken).toEqual(model.splice(0, it.take));
          } else {
            waiting.clear();
            model = [];
          }
          expect([waiting.size, waiting.firstId]).toEqual([model.length, model[0] ?? Number.POSITIVE_INFINITY]);
        }
        expect(takeAll(waiting)).toEqual(model);
      }),
      { numRuns: 50 },
    );
  });

  it('take no more memory than what waits: most of many were settled before they were written', () => {
    const waiting = new WaitingEntries();
    waiting.push(event(0, { id: 1 }));
    const started = performance.now();
    for (let id = 2; id < 200_000; id++) {
      waiting.push(event(0, { id }));
      waiting.drop(id);
    }
    expect(takeAll(waiting)).toEqual([1]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
