import { describe, expect, it } from 'vitest';
import { sessionParts } from '../../lib/compat/calls.js';

describe('a past session', () => {
  it('is reported minute by minute, each at its end', () => {
    const start = 1_700_000_000;
    expect(sessionParts(150, start)).toEqual([
      { seconds: 60, timestamp: start + 60 },
      { seconds: 60, timestamp: start + 120 },
      { seconds: 30, timestamp: start + 180 },
    ]);
  });

  it('has its times in milliseconds when it began in them', () => {
    const start = 1_700_000_000_000;
    expect(sessionParts(61, start).map(({ timestamp }) => timestamp)).toEqual([start + 60_000, start + 120_000]);
  });

  it('needs no time, and has whole seconds', () => {
    expect(sessionParts(59.9, undefined)).toEqual([{ seconds: 59, timestamp: undefined }]);
    expect(sessionParts(-5, undefined)).toEqual([]);
  });

  it('ends after a month, whatever number was given', () => {
    const parts = sessionParts(1e15, undefined);
    expect(parts.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(31 * 86_400);
    expect(sessionParts(Number.POSITIVE_INFINITY, undefined)).toHaveLength(parts.length);
  });
});
