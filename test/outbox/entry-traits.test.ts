import { describe, expect, it } from 'vitest';
import { TraitsPool } from '../../lib/outbox/entry-traits.js';
import { event } from '../storage/support/drafts.js';

const TRAITS = { idType: 0, kind: 'event', feature: 'events', tz: 60, weight: 1 } as const;

describe('a pool of traits', () => {
  it('gives the same object for the same traits, whatever device, time and text', () => {
    const pool = new TraitsPool();
    const first = pool.of(event(1));
    expect(first).toEqual(TRAITS);
    pool.of(event(2, { tz: 120 }));
    expect(pool.of(event(3))).toBe(first);
  });

  it.each([{ idType: 1 }, { kind: 'request' }, { feature: 'views' }, { tz: -330 }, { weight: 2 }] as const)(
    'tells %j apart',
    (other) => {
      const pool = new TraitsPool();
      pool.of(event(1));
      expect(pool.of(event(1, other))).toEqual({ ...TRAITS, ...other });
      expect(pool.of(event(1))).toEqual(TRAITS);
    },
  );

  it('does not grow with what it is asked for', () => {
    const pool = new TraitsPool();
    const first = pool.of(event(1));
    for (let weight = 1; weight <= 100; weight++) expect(pool.of(event(1, { weight })).weight).toBe(weight);
    // Forgotten by now: another object, which says the same.
    expect(pool.of(event(1))).toEqual(first);
    expect(pool.of(event(1))).not.toBe(first);
  });
});
