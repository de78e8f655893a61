import { describe, expect, it } from 'vitest';
import { TimeLine } from '../../src/numbers/time-line.js';

const HOUR = 3_600_000;
const NOON = 1_800_000_000_000 - (1_800_000_000_000 % HOUR);

describe('a time line', () => {
  it('knows the last half hour by the second', () => {
    const line = new TimeLine();
    line.add(NOON, 'events', 3);
    line.add(NOON + 1500, 'events', 2);
    line.add(NOON + 1600, 'errors', 1);
    const { events, errors } = line.sums(NOON, 1000, 3);
    expect(events).toEqual([3, 2, 0]);
    expect(errors).toEqual([0, 1, 0]);
    expect(line.since).toBe(NOON);
  });

  it('forgets seconds and keeps sums', () => {
    const line = new TimeLine();
    line.add(NOON, 'requests', 1);
    line.add(NOON + HOUR, 'requests', 1);
    expect(line.sums(NOON, 1000, 60).requests.reduce((sum, n) => sum + n, 0)).toBe(0);
    expect(line.sums(NOON, HOUR, 2).requests).toEqual([1, 1]);
  });

  it('stays bounded over weeks and loses nothing', () => {
    const line = new TimeLine();
    const minutes = 30_000;
    for (let minute = 0; minute < minutes; minute += 1) line.add(NOON + minute * 60_000, 'events', 1);
    const { events } = line.sums(line.since ?? 0, 24 * HOUR, 30);
    expect(events.reduce((sum, n) => sum + n, 0)).toBe(minutes);
  });
});
