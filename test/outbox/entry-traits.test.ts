import { describe, expect, it } from 'vitest';
import { type EntryTraits, TraitsPool } from '../../lib/outbox/entry-traits.js';

const USUAL: EntryTraits = { idType: 0, kind: 'event', feature: 'events', tz: 60, weight: 1 };

function ask(pool: TraitsPool, { idType, kind, feature, tz, weight }: EntryTraits): EntryTraits {
  return pool.of(idType, kind, feature, tz, weight);
}

describe('a pool of traits', () => {
  it('gives the same object for the same traits', () => {
    const pool = new TraitsPool();
    const first = ask(pool, USUAL);
    expect(first).toEqual(USUAL);
    ask(pool, { ...USUAL, tz: 120 });
    expect(ask(pool, USUAL)).toBe(first);
  });

  it.each<Partial<EntryTraits>>([
    { idType: 1 },
    { kind: 'request' },
    { feature: 'views' },
    { tz: -330 },
    { weight: 2 },
  ])('tells %j apart', (other) => {
    const pool = new TraitsPool();
    ask(pool, USUAL);
    expect(ask(pool, { ...USUAL, ...other })).toEqual({ ...USUAL, ...other });
    expect(ask(pool, USUAL)).toEqual(USUAL);
  });

  it('takes an entry for one call, when nothing else is said', () => {
    expect(new TraitsPool().of(0, 'event', 'events', 60)).toEqual(USUAL);
  });

  it('does not grow with what it is asked for', () => {
    const pool = new TraitsPool();
    const first = ask(pool, USUAL);
    for (let weight = 1; weight <= 100; weight++) expect(ask(pool, { ...USUAL, weight }).weight).toBe(weight);
    // Forgotten by now: another object, which says the same.
    expect(ask(pool, USUAL)).toEqual(first);
    expect(ask(pool, USUAL)).not.toBe(first);
  });
});
