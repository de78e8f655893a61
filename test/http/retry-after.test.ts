import { expect, test } from 'vitest';
import { MAX_RETRY_AFTER_MS, retryAfterMs } from '../../lib/http/retry-after.js';

const NOW = Date.UTC(2026, 10, 23, 12, 0, 0);

test.each<[string | string[] | undefined, number | undefined]>([
  [undefined, undefined],
  ['', undefined],
  ['   ', undefined],
  ['soon', undefined],
  ['-5', undefined],
  ['1e3', undefined],
  ['0', 0],
  ['7', 7000],
  [' 7 ', 7000],
  ['1.5', 1500],
  [['3', '9'], 3000],
  ['86400', MAX_RETRY_AFTER_MS],
  ['9'.repeat(400), MAX_RETRY_AFTER_MS],
  ['Mon, 23 Nov 2026 12:01:30 GMT', 90_000],
  ['Monday, 23-Nov-26 12:01:30 GMT', 90_000],
  ['Mon Nov 23 12:01:30 2026 GMT', 90_000],
  ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
  ['Mon, 23 Nov 2036 12:00:00 GMT', MAX_RETRY_AFTER_MS],
  ['Mon, 99 Nov 2026 12:00:00 GMT', undefined],
])('Retry-After %j is %j ms', (value, expected) => {
  expect(retryAfterMs(value, NOW)).toBe(expected);
});
