import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeEvents } from '../../lib/protocol/roll-up.js';
import { createTestClient, type RecordedEvent } from '../../lib/testing/index.js';

interface Call {
  readonly device: string;
  readonly key: string;
  readonly segmentation: Record<string, string | number>;
  readonly count: number;
  readonly sum: number | undefined;
  readonly dur: number | undefined;
  readonly wait: number;
}

const HOUR = 3_600_000;
const amount = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }),
  fc.integer({ min: -1e9, max: 1e9 }).map((n) => n / 1e5),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, 8e15, -8e15, 0.1, 0.2, 1e10),
);
const call: fc.Arbitrary<Call> = fc.record({
  device: fc.constantFrom('ada', 'bob'),
  key: fc.constantFrom('checkout', 'search'),
  segmentation: fc.constantFrom<Call['segmentation'][]>({}, { plan: 'pro' }, { plan: 'free', n: 1 }),
  count: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.constant(Number.MAX_SAFE_INTEGER)),
  sum: fc.option(amount, { nil: undefined }),
  dur: fc.option(
    fc.integer({ min: 0, max: 1e9 }).map((n) => n / 1e6),
    { nil: undefined },
  ),
  wait: fc.constantFrom(0, 1, 1000, HOUR / 3, HOUR),
});

/** What a number says, exactly, in units of the last decimal that is kept. */
function units(value: unknown, decimals: number): bigint {
  const [whole = '0', fraction = ''] = Number(value ?? 0)
    .toFixed(decimals)
    .split('.');
  return BigInt(whole + fraction);
}

async function totals(calls: readonly Call[], rollUp: boolean) {
  const countly = createTestClient({ rollUp, flushInterval: HOUR, eventQueueSize: 1000 });
  for (const { device, wait, key, ...event } of calls) {
    countly.clock.advance(wait);
    countly.client.device(device).addEvent(key, event);
  }
  await countly.client.flush();
  const found = new Map<string, { count: bigint; sum: bigint; dur: bigint }>();
  let events = 0;
  for (const { deviceId, events: list } of countly.transport.delivered) {
    for (const { key, segmentation, hour, dow, ...event } of list as readonly RecordedEvent[]) {
      events++;
      const place = JSON.stringify([deviceId, key, segmentation, hour, dow]);
      const known = found.get(place) ?? { count: 0n, sum: 0n, dur: 0n };
      const { count, sum, dur } = known;
      found.set(place, {
        count: count + BigInt(event['count'] as number),
        sum: sum + units(event['sum'], 5),
        dur: dur + units(event['dur'], 6),
      });
    }
  }
  const { delivered, accepted } = countly.client.stats();
  await countly.close();
  return { found, events, delivered, accepted };
}

describe('rolling up', () => {
  it('loses nothing: the totals of every device, key, segmentation and hour are those without it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 60 }), async (calls) => {
        const [without, rolled] = [await totals(calls, false), await totals(calls, true)];
        expect(rolled.found).toEqual(without.found);
        expect(rolled).toMatchObject({ delivered: calls.length, accepted: calls.length });
        expect(rolled.events).toBeLessThanOrEqual(without.events);
      }),
      { numRuns: 60 },
    );
  });

  it('makes one of many', async () => {
    const one = { device: 'ada', key: 'k', segmentation: {}, count: 1, sum: 0.1, dur: undefined, wait: 1 };
    expect(
      await totals(
        Array.from({ length: 100 }, () => one),
        true,
      ),
    ).toMatchObject({ events: 1, delivered: 100 });
  });

  const event = (fields: object) => JSON.stringify({ key: 'k', count: 1, timestamp: 1, hour: 1, dow: 1, ...fields });
  it.each([
    ['counts', { count: Number.MAX_SAFE_INTEGER }, { count: 1 }],
    ['whole sums', { sum: Number.MAX_SAFE_INTEGER }, { sum: 2 }],
    ['a large sum and a small fraction', { sum: 1e11 }, { sum: 0.00001 }],
    ['sums without an end', { sum: 1e308 }, { sum: 1e308 }],
  ])('leaves two events where one could not say both: %s', (_what, one, other) => {
    expect(mergeEvents(event(one), event(other))).toBeUndefined();
  });
});
