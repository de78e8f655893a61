import { describe, expect, it } from 'vitest';
import { DiskPace } from '../../lib/journal/disk-pace.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';

function disk(slowFromTheStart = false) {
  const clock = new ManualClock();
  const pace = new DiskPace(clock, slowFromTheStart);
  return { clock, pace, write: (ms: number) => pace.timed(() => clock.advance(ms)) };
}

describe('the pace of a disk', () => {
  it('is quick until writes hold up the host', () => {
    const { pace, write } = disk();
    for (let i = 0; i < 100; i++) write(1);
    expect(pace.quick).toBe(true);
  });

  it('forgives long writes between short ones: the thread may have lost its core', () => {
    const { pace, write } = disk();
    for (let i = 0; i < 100; i++) write(i % 2 === 0 ? 15 : 1);
    expect(pace.quick).toBe(true);
  });

  it('is slow after long writes in a row, or after one that is very long', () => {
    for (const writes of [[8, 8, 8], [21]]) {
      const { pace, write } = disk();
      for (const ms of writes) write(ms);
      expect(pace.quick).toBe(false);
    }
  });

  it('is given another chance after half a minute, and judged anew', () => {
    const { clock, pace, write } = disk();
    write(25);
    clock.advance(29_999);
    expect(pace.quick).toBe(false);
    clock.advance(1);
    expect(pace.quick).toBe(true);
    write(15);
    expect(pace.quick).toBe(true);
  });

  it('can be called slow for ever', () => {
    const { clock, pace } = disk(true);
    clock.advance(3_600_000);
    expect(pace.quick).toBe(false);
  });
});
