import { describe, expect, it } from 'vitest';
import { sumOfDays } from './days.js';

const ANSWER = {
  2026: {
    c: 9,
    11: { c: 9, 29: { c: 4, s: 1.5, 17: { c: 4 }, pro: { c: 3 } }, 30: { c: 2, s: 0.25, pro: { c: 2 } } },
    12: { c: 3, 1: { c: 3 } },
  },
  2027: { 1: { 1: { c: 1 } } },
  meta: { plan: ['pro'] },
};

describe('figures of days', () => {
  it('adds days, and neither the totals above them nor the hours below', () => {
    expect(sumOfDays(ANSWER, 'c')).toBe(10);
    expect(sumOfDays(ANSWER, 's')).toBe(1.75);
  });

  it('adds those of one value of a segment', () => {
    expect(sumOfDays(ANSWER, 'c', 'pro')).toBe(5);
    expect(sumOfDays(ANSWER, 'c', 'free')).toBe(0);
  });

  it('is 0 for an app that has no figures yet', () => {
    expect(sumOfDays({}, 'c')).toBe(0);
    expect(sumOfDays([], 'c')).toBe(0);
    expect(sumOfDays({ 2026: { 11: { 29: { c: 'many' } } } }, 'c')).toBe(0);
  });
});
