import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryQueue } from '../../lib/outbox/entry-queue.js';
import type { Entry } from '../../lib/protocol/entry.js';

const entry = (id: number) => ({ id }) as Entry;
const ids = (entries: readonly Entry[]) => entries.map((item) => item.id);

type Step =
  | { readonly do: 'push'; readonly count: number }
  | { readonly do: 'take'; readonly count: number }
  | { readonly do: 'merge'; readonly index: number }
  | { readonly do: 'takeFrom'; readonly id: number }
  | { readonly do: 'insert'; readonly inOrder: boolean }
  | { readonly do: 'reject'; readonly modulo: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('push' as const), count: fc.integer({ min: 1, max: 3000 }) }),
  fc.record({ do: fc.constant('take' as const), count: fc.integer({ min: 0, max: 3000 }) }),
  fc.record({ do: fc.constant('merge' as const), index: fc.nat(3000) }),
  fc.record({ do: fc.constant('takeFrom' as const), id: fc.nat(3000) }),
  fc.record({ do: fc.constant('insert' as const), inOrder: fc.boolean() }),
  fc.record({ do: fc.constant('reject' as const), modulo: fc.integer({ min: 2, max: 5 }) }),
);

describe('EntryQueue', () => {
  it('behaves like an array whatever is done in whatever order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const queue = new EntryQueue();
        let model: number[] = [];
        let next = 0;
        let taken: Entry[] = [];
        for (const now of steps) {
          if (now.do === 'push') {
            for (let i = 0; i < now.count; i++) {
              queue.push(entry(next), `${next}`);
              model.push(next++);
            }
          } else if (now.do === 'take') {
            taken = queue.take(now.count);
            expect(ids(taken)).toEqual(model.splice(0, now.count));
          } else if (now.do === 'merge') {
            const found = queue.at(now.index);
            const equal = { key: `${found?.id}`, merge: () => 'both' };
            const merged = queue.takeEqual(equal);
            // What was taken and came back is nothing to merge with.
            if (merged !== undefined) expect(merged).toEqual({ entry: found, body: 'both' });
            if (merged !== undefined) model = model.filter((id) => id !== found?.id);
            expect(queue.takeEqual(equal)).toBeUndefined();
          } else if (now.do === 'takeFrom') {
            const first = model.find((id) => id >= now.id);
            expect(queue.takeFrom(now.id)?.id).toBe(first);
            model = model.filter((id) => id !== first);
          } else if (now.do === 'insert') {
            // Whatever order they come in, they find their places.
            queue.insert(now.inOrder ? taken : taken.toReversed());
            model = [...ids(taken), ...model].sort((a, b) => a - b);
            taken = [];
          } else {
            const keep = (item: Entry) => item.id % now.modulo !== 0;
            expect(ids(queue.reject(keep))).toEqual(model.filter((id) => id % now.modulo === 0));
            model = model.filter((id) => id % now.modulo !== 0);
          }
          expect(queue.length).toBe(model.length);
          expect(queue.at(0)?.id).toBe(model[0]);
        }
      }),
    );
  });

  it('gives what waits to an equal entry, once, and what would be lost by it stays', () => {
    const queue = new EntryQueue();
    for (const id of [1, 2, 3]) queue.push(entry(id), id === 2 ? 'equal' : undefined);
    expect(queue.takeEqual({ key: 'equal', merge: () => undefined })).toBeUndefined();
    expect(queue.length).toBe(3);
    queue.push(entry(4), 'equal');
    expect(queue.takeEqual({ key: 'equal', merge: () => 'both' })).toEqual({ entry: entry(4), body: 'both' });
    expect(queue.takeEqual({ key: 'equal', merge: () => 'both' })).toBeUndefined();
    expect(ids(queue.take(9))).toEqual([1, 2, 3]);
  });
});
