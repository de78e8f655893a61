import { describe, expect, it } from 'vitest';
import type { SealedRequest } from '../../lib/protocol/entry.js';
import { Keys } from '../../lib/redis/keys.js';
import { LaneWriter } from '../../lib/redis/lane-writer.js';
import type { RedisCall, RedisLink, Reply } from '../../lib/redis/link.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';
import { oldEntry } from '../outbox/harness.js';

function writerOn(
  answer: (calls: readonly RedisCall[]) => Reply[],
  refused: (lane: number) => void = () => {},
): LaneWriter {
  return new LaneWriter({
    link: { calls: async (calls: readonly RedisCall[]) => answer(calls) } as unknown as RedisLink,
    keys: new Keys('test'),
    clock: new ManualClock(),
    laneOf: () => 0,
    leaseOf: () => 'lease',
    refused,
  });
}

function scriptOf(call: RedisCall): string {
  return 'script' in call ? call.script : call[0];
}

function requestOf(id: number): SealedRequest {
  return { deviceId: 'ada', path: '/i', head: '', entries: [{ ...oldEntry(id), deviceId: 'ada' }] };
}

describe('what a holder of a lane says in Redis', () => {
  it('is in one call for what ended together, however much ends', async () => {
    const calls: RedisCall[] = [];
    const writer = writerOn((some) => {
      calls.push(...some);
      return some.map(() => 1);
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

  it.each([
    ['another process has the lease', 0],
    ['something else stands under the name', new Error('WRONGTYPE Operation against a key')],
  ])('gives up a lane where %s, and no lane when Redis cannot be asked', async (_, refusal) => {
    const refused: number[] = [];
    const writer = writerOn(
      (calls) => calls.map(() => refusal),
      (lane) => refused.push(lane),
    );
    expect(await writer.sealed([requestOf(1)])).toBe(false);
    expect(refused).toEqual([0]);
    const other = writerOn(
      (calls) => calls.map(() => new Error('Connection is closed.')),
      (lane) => refused.push(lane),
    );
    expect(await other.sealed([requestOf(1)])).toBe(false);
    expect(refused).toEqual([0]);
  });

  it('names what has ended before what a device sends next', async () => {
    const scripts: string[] = [];
    const writer = writerOn((calls) => {
      scripts.push(...calls.map(scriptOf));
      return calls.map(() => 1);
    });
    writer.settle(requestOf(1).entries, 'delivered');
    expect(await writer.sealed([requestOf(2)])).toBe(true);
    expect(scripts).toEqual(['SETTLE', 'SEAL']);
  });

  it.each(['just fixed', 'fixed by the holder before'])(
    'lets no request leave, %s, as long as the one before it may still stand in Redis',
    async (which) => {
      let dies = true;
      const writer = writerOn((calls) =>
        calls.map((call) => (dies && scriptOf(call) === 'SETTLE' ? new Error('Connection is closed.') : 1)),
      );
      const request = requestOf(2);
      if (which !== 'just fixed') writer.isSealed(request);
      writer.settle(requestOf(1).entries, 'delivered');
      expect(await writer.sealed([request])).toBe(false);
      expect(await writer.sealed([request])).toBe(false);
      dies = false;
      expect(await writer.sealed([request])).toBe(true);
    },
  );
});
