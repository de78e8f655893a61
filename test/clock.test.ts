import { setTimeout as later } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { systemClock } from '../lib/clock.js';
import { Reporter, silentLogger } from '../lib/logger.js';
import { timeoutOf } from '../lib/outbox/flush.js';

const DAY = 86_400_000;

it.each([30 * DAY, 2 ** 31, Number.POSITIVE_INFINITY])('a delay of %d ms is long, not over at once', async (ms) => {
  let over = false;
  const cancel = systemClock.after(ms, () => {
    over = true;
  });
  await later(20);
  expect(over).toBe(false);
  cancel();
});

it('a flush may wait as long as any timer can', () => {
  const reporter = new Reporter(silentLogger, () => 0);
  expect(timeoutOf(reporter, 'flush', { timeout: Number.POSITIVE_INFINITY }, 10)).toBe(2 ** 31 - 1);
  expect(timeoutOf(reporter, 'flush', { timeout: 5 }, 10)).toBe(5);
  expect(timeoutOf(reporter, 'flush', { timeout: Number.NaN }, 10)).toBe(10);
});
