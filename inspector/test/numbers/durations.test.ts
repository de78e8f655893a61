import { describe, expect, it } from 'vitest';
import { Durations } from '../../src/numbers/durations.js';

function of(values: readonly number[]): Durations {
  const durations = new Durations();
  for (const value of values) durations.add(value);
  return durations;
}

describe('durations', () => {
  it('give percentiles by nearest rank that were really seen', () => {
    const values = Array.from({ length: 20 }, (_, n) => (n + 1) * 10);
    expect(of(values).percentiles(0.5, 0.95)).toEqual([100, 190]);
    expect(of([7]).percentiles(0.5, 0.95)).toEqual([7, 7]);
    expect(of([]).percentiles(0.5, 0.95)).toEqual([null, null]);
  });

  it('are within four per cent, however many there are', () => {
    const values = Array.from({ length: 50_000 }, (_, n) => 0.01 * 1.0003 ** n);
    const sorted = [...values].sort((one, other) => one - other);
    const shares = [0.01, 0.5, 0.95, 0.999];
    for (const [index, got] of of(values)
      .percentiles(...shares)
      .entries()) {
      const exact = sorted[Math.ceil((shares[index] ?? 0) * values.length) - 1] ?? 0;
      expect(got).toBeGreaterThanOrEqual(exact);
      expect(got).toBeLessThan(exact * 1.04);
    }
  });

  it('take zero and negative numbers for nothing worth a bucket of its own', () => {
    const durations = of([0, -5, 0.0001, 10]);
    expect(durations.count).toBe(4);
    expect(durations.percentiles(0.5)).toEqual([0.0001]);
    expect(durations.max).toBe(10);
  });

  it('add up', () => {
    const sum = of([1, 2]);
    sum.merge(of([1000]));
    expect([sum.count, sum.max, ...sum.percentiles(1)]).toEqual([3, 1000, 1000]);
    expect(sum.histogram()).toEqual([1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  });
});
