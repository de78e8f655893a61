import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../lib/clock.js';
import { Reporter, silentLogger } from '../lib/logger.js';
import { timeoutOf } from '../lib/scope/countly.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const DAY = 86_400_000;

it.each([30 * DAY, 2 ** 31, Number.POSITIVE_INFINITY])('a delay of %d ms is long, not over at once', (ms) => {
  let over = false;
  const cancel = systemClock.after(ms, () => {
    over = true;
  });
  vi.advanceTimersByTime(20 * DAY);
  expect(over).toBe(false);
  cancel();
});

it('a flush may wait as long as any timer can', () => {
  const reporter = new Reporter(silentLogger, () => 0);
  expect(timeoutOf(reporter, 'flush', { timeout: Number.POSITIVE_INFINITY }, 10)).toBe(2 ** 31 - 1);
  expect(timeoutOf(reporter, 'flush', { timeout: 5 }, 10)).toBe(5);
  expect(timeoutOf(reporter, 'flush', { timeout: Number.NaN }, 10)).toBe(10);
});
