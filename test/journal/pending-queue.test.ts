import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { PendingQueue } from '../../lib/journal/pending-queue.js';
import { event } from './support/drafts.js';

// For machines that are busy with other things.
vi.setConfig({ testTimeout: 60_000 });

const GAP = 4_096;
const ALL = Number.POSITIVE_INFINITY;

function drainAll(queue: PendingQueue): number[] {
  const ids: number[] = [];
  while (queue.size > 0) {
    queue.drain(ALL, GAP, (id) => {
      ids.push(id);
      return true;
    });
  }
  return ids;
}

describe('PendingQueue', () => {
  it('gives back in order what was pushed and not dropped', () => {
    const step = fc.oneof(
      fc.record({ push: fc.nat(1_500) }),
      fc.record({ gap: fc.integer({ min: 1, max: 10_000 }) }),
      fc.record({ drop: fc.nat(3_000) }),
      fc.record({ drain: fc.nat(1_500) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const queue = new PendingQueue();
        const model: number[] = [];
        let next = 1;
        for (const it of steps) {
          if ('push' in it) {
            for (let n = 0; n < it.push; n++) {
              queue.push(next, event(next));
              model.push(next++);
            }
          } else if ('gap' in it) next += it.gap;
          else if ('drop' in it) {
            const at = model.indexOf(it.drop);
            expect(queue.drop(it.drop)).toBe(at >= 0);
            if (at >= 0) model.splice(at, 1);
          } else {
            let left = it.drain;
            const taken: number[] = [];
            queue.drain(ALL, GAP, (id, draft) => {
              taken.push(id);
              if (draft.timestamp !== event(id).timestamp) taken.push(-1);
              return --left > 0;
            });
            expect(taken).toEqual(model.splice(0, taken.length));
          }
          expect(queue.size).toBe(model.length);
          expect(queue.firstId ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(model[0] ?? Number.POSITIVE_INFINITY);
        }
        expect(drainAll(queue)).toEqual(model);
      }),
      { numRuns: 50 },
    );
  });

  it('stops behind the last id that is wanted', () => {
    const queue = new PendingQueue();
    for (let id = 1; id <= 9; id++) queue.push(id, event(id));
    queue.drop(4);
    const taken: number[] = [];
    expect(queue.drain(4, GAP, (id) => taken.push(id) > 0)).toBe(true);
    expect(taken).toEqual([1, 2, 3]);
    expect(queue.drain(9, GAP, (id) => id < 7)).toBe(false);
    expect(drainAll(queue)).toEqual([8, 9]);
  });

  it('stops before a wide gap', () => {
    const queue = new PendingQueue();
    queue.push(1, event(1));
    queue.push(2 + GAP, event(2));
    const taken: number[] = [];
    queue.drain(ALL, GAP, (id) => taken.push(id) > 0);
    expect(taken).toEqual([1]);
    expect(drainAll(queue)).toEqual([2 + GAP]);
  });
});
