import { describe, expect, test } from 'vitest';
import { type Backoff, type BackoffOptions, createBackoff } from '../../lib/http/backoff.js';

function delays(count: number, options: BackoffOptions): number[] {
  const found: number[] = [];
  let step: Backoff = createBackoff(options);
  for (let i = 0; i < count; i++) {
    step = step.next();
    found.push(step.delayMs);
  }
  return found;
}

describe('backoff', () => {
  test('starts without a delay', () => {
    expect(createBackoff()).toMatchObject({ delayMs: 0, failures: 0 });
  });

  test('doubles its ceiling up to the cap', () => {
    expect(delays(6, { initialMs: 100, maxMs: 1000, random: () => 1 })).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  test('draws from 0 to the ceiling', () => {
    expect(delays(3, { initialMs: 100, random: () => 0 })).toEqual([0, 0, 0]);
    expect(delays(3, { initialMs: 100, random: () => 0.25 })).toEqual([25, 50, 100]);
  });

  test('spreads evenly with the default random', () => {
    const drawn = Array.from({ length: 2000 }, () => createBackoff({ initialMs: 1000 }).next().delayMs);
    const mean = drawn.reduce((sum, delay) => sum + delay, 0) / drawn.length;
    expect(mean).toBeGreaterThan(440);
    expect(mean).toBeLessThan(560);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(1000);
  });

  test('never undercuts what the server asked for, also above the cap', () => {
    const start = createBackoff({ initialMs: 100, maxMs: 1000, random: () => 0.5 });
    expect(start.next(7000).delayMs).toBe(7000);
    expect(start.next(7).delayMs).toBe(50);
    expect(start.next(7000).next().delayMs).toBe(100);
  });

  test('is a value: a step stays what it was', () => {
    const first = createBackoff({ initialMs: 100, random: () => 1 }).next();
    first.next(9000);
    expect(first).toMatchObject({ delayMs: 100, failures: 1 });
    expect(first.next().delayMs).toBe(first.next().delayMs);
    expect(Object.isFrozen(first)).toBe(true);
  });

  test('survives an outage of any length', () => {
    const found = delays(3000, { initialMs: 100, maxMs: 60_000, random: () => 1 });
    expect(found.at(-1)).toBe(60_000);
  });
});
