import { describe, expect, it } from 'vitest';
import { Keys } from '../../lib/redis/keys.js';
import { LaneWriter } from '../../lib/redis/lane-writer.js';
import type { RedisCall, RedisLink } from '../../lib/redis/link.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';
import { oldEntry } from '../outbox/harness.js';

describe('what a holder of a lane says in Redis', () => {
  it('is in one call for what ended together, however much ends', async () => {
    const calls: RedisCall[] = [];
    const writer = new LaneWriter({
      link: {
        calls: async (some: readonly RedisCall[]) => {
          calls.push(...some);
          return some.map(() => 1);
        },
      } as unknown as RedisLink,
      keys: new Keys('test'),
      clock: new ManualClock(),
      laneOf: () => 0,
      leaseOf: () => 'lease',
      refused: () => {},
    });
    const requests = Array.from({ length: 9 }, (_, n) =>
      Array.from({ length: 70 }, (_, i) => ({ ...oldEntry(100 * n + i), deviceId: `d${n}` })),
    );
    for (const entries of requests) writer.settle(entries, 'delivered');
    await writer.commit();
    const ids = calls.map((call) => ('args' in call ? call.args.slice(1).filter((_, i) => i % 3 === 0) : []));
    expect(ids.length).toBeGreaterThan(1);
    expect(ids.flat()).toHaveLength(630);
    for (const entries of requests) {
      expect(ids.filter((some) => entries.some(({ id }) => some.includes(id)))).toHaveLength(1);
    }
  });
});
