import { describe, expect, it } from 'vitest';
import { effectiveTimestamp, readTimestamp } from '../../src/protocol/time-stamp.js';

describe('readTimestamp', () => {
  it.each([
    ['13 digits are milliseconds', 1_700_000_000_123, 1_700_000_000_123],
    ['10 digits are seconds', 1_700_000_000, 1_700_000_000_000],
    ['seconds may have a fraction', 1_700_000_000.25, 1_700_000_000_250],
    ['text is read like a number', '1700000000123', 1_700_000_000_123],
  ])('%s', (_name, value, expected) => {
    expect(readTimestamp(value)).toBe(expected);
  });

  it.each(['2026-11-23T10:00:00Z', 1_700_000_000_123_456, 999_999_999, Number.NaN, '', null, undefined, {}, -1])(
    'does not take %s',
    (value) => {
      expect(readTimestamp(value)).toBeUndefined();
    },
  );
});

describe('effectiveTimestamp', () => {
  it('replaces the future by now and the unreadable by the fallback', () => {
    expect(effectiveTimestamp(1_700_000_009_000, 0, 1_700_000_000_000)).toBe(1_700_000_000_000);
    expect(effectiveTimestamp('yesterday', 1_600_000_000_000, 1_700_000_000_000)).toBe(1_600_000_000_000);
  });
});
