import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.js';
import type { Room } from '../../lib/journal/storage.js';
import { Reporter, silentLogger } from '../../lib/logger.js';
import type { Delivery } from '../../lib/protocol/answer.js';
import type { Entry, SealedRequest } from '../../lib/protocol/entry.js';
import { commit } from '../../lib/redis/commit.js';
import { fieldsOf } from '../../lib/redis/entry-fields.js';
import { readStatus } from '../../lib/redis/fleet-status.js';
import { Keys } from '../../lib/redis/keys.js';
import { LaneReader } from '../../lib/redis/lane-reader.js';
import { LaneStorage } from '../../lib/redis/lane-storage.js';
import { LaneWriter } from '../../lib/redis/lane-writer.js';
import { LeasedSender } from '../../lib/redis/leased-sender.js';
import { Leases } from '../../lib/redis/leases.js';
import { type RedisCall, RedisLink } from '../../lib/redis/link.js';
import { oldEntry } from '../outbox/harness.js';
import { noRedis, Redis } from '../support/redis.js';

const PLENTY: Room = { entries: 1000, bytes: 1_000_000 };
const LEASE_MS = 500;

describe.skipIf(noRedis)('who holds a lane', () => {
  const redis = new Redis();
  const keys = new Keys('test');
  const reporter = new Reporter(silentLogger, Date.now);
  const links: RedisLink[] = [];
  let link: RedisLink;

  beforeAll(() => redis.start());
  afterAll(() => redis.stop());
  beforeEach(async () => {
    link = await linked();
    await link.calls([['flushall']]);
  });
  afterEach(() => {
    for (const one of links.splice(0)) one.close();
  });

  async function linked(): Promise<RedisLink> {
    const one = new RedisLink(redis.url, systemClock, reporter, 2000);
    links.push(one);
    await new Promise<void>((resolve) => {
      one.onReady(resolve);
      one.open();
    });
    return one;
  }

  /** A process that has the only lane as far as it knows. */
  async function holder(id: string) {
    const own = await linked();
    const sent: SealedRequest[] = [];
    const leases = new Leases(
      own,
      keys,
      systemClock,
      { id, lanes: 1, leaseMs: LEASE_MS },
      {
        acquired: (lane) => storage.add(lane),
        leave: async (lane) => storage.remove(lane),
      },
    );
    const writer = new LaneWriter({
      link: own,
      keys,
      clock: systemClock,
      laneOf: () => 0,
      leaseOf: (lane) => leases.leaseOf(lane),
      refused: (lane) => leases.refused(lane),
    });
    const storage = new LaneStorage({
      link: own,
      keys,
      clock: systemClock,
      reporter,
      writer,
      laneOf: () => 0,
      holds: (lane) => leases.holds(lane),
      withdraw: () => {},
      sendAll: () => {},
    });
    const deliver = async (requests: readonly SealedRequest[]): Promise<Delivery> => {
      sent.push(...requests);
      return { kind: 'delivered' };
    };
    const sender = new LeasedSender({
      direct: { single: (request) => deliver([request]), bulk: deliver },
      holds: () => leases.holds(0),
      sealed: (requests) => writer.sealed(requests),
    });
    storage.open({ found: () => {}, lost: () => {}, warn: () => {} });
    leases.start();
    return { link: own, leases, writer, storage, sender, sent };
  }

  const add = (...ids: number[]) => {
    const entries = ids.map((id) => ({ producer: 'pod', entry: { ...oldEntry(id), deviceId: 'ada' } }));
    return commit(link, keys, 1, { maxEntries: 100, maxBytes: 100_000 }, [{ entries }]);
  };
  const ledger = async () => (await readStatus(link, keys, 1)).ledger;
  const held = (one: Awaited<ReturnType<typeof holder>>) => expect.poll(() => one.leases.holds(0), { timeout: 5000 });

  async function sealedBy(one: Awaited<ReturnType<typeof holder>>): Promise<SealedRequest> {
    await held(one).toBe(true);
    const { entries } = await one.storage.recover(PLENTY);
    const request: SealedRequest = { deviceId: 'ada', path: '/i', head: '"device_id":"ada"', entries };
    one.storage.seal(request);
    await one.storage.commit();
    return request;
  }

  it('hands the same request to the next holder', async () => {
    await add(1, 2, 3);
    const first = await holder('first');
    const request = await sealedBy(first);
    await add(4);
    await first.leases.stop(0);
    const second = await holder('second');
    await held(second).toBe(true);
    const found = await second.storage.recover(PLENTY);
    expect(found.sealed).toEqual([request]);
    expect(found.entries.map(({ body }) => body)).toEqual([oldEntry(4).body]);
  });

  it('hands no entry to the next holder in two requests, also when the one before died while it took one out', async () => {
    await add(1, 2);
    const first = await holder('first');
    const request = await sealedBy(first);
    first.storage.seal({ ...request, entries: request.entries.slice(1) });
    await first.storage.commit();
    await first.leases.stop(0);
    const second = await holder('second');
    await held(second).toBe(true);
    expect(await second.storage.recover(PLENTY)).toMatchObject({ sealed: [request], entries: [] });
  });

  it.each(['comes', 'goes and comes back'])(
    'hands out what was fixed of a lane that %s while others are read',
    async (how) => {
      await add(1, 2);
      const first = await holder('first');
      const request = await sealedBy(first);
      let calls = 0;
      const meanwhile = {
        call: (one: RedisCall) => {
          // The last one that is asked for what was fixed.
          if (++calls === (how === 'comes' ? 1 : 2)) {
            reader.remove(0);
            reader.add(0);
          }
          return link.call(one);
        },
        calls: (some: readonly RedisCall[]) => link.calls(some),
      } as unknown as RedisLink;
      const reader = new LaneReader(meanwhile, keys);
      if (how !== 'comes') reader.add(0);
      reader.add(1);
      const found = await reader.read(10);
      expect(found?.entries).toEqual([]);
      expect(found?.sealed.filter(({ deviceId }) => found.isCurrent(deviceId === 'ada' ? 0 : 1))).toEqual([]);
      expect(await reader.read(10)).toMatchObject({ sealed: [request], entries: [] });
    },
  );

  it('keeps a bounded number behind a merge that waits for another lane, and then the rest in order', async () => {
    const laneOf = (deviceId: string) => (deviceId === 'old' ? 1 : 0);
    const put = async (deviceId: string, ...entries: Entry[]) => {
      for (const entry of entries) {
        const fields = ['d', deviceId, 'm', fieldsOf(entry), 'b', entry.body];
        calls.push(['xadd', keys.lane(laneOf(deviceId)), `${entry.id}-1`, ...fields]);
      }
    };
    const calls: RedisCall[] = [];
    const merge = { ...oldEntry(2), kind: 'request', feature: 'core', body: '"old_device_id":"old"' } as const;
    await put('old', oldEntry(1));
    await put('new', merge, ...Array.from({ length: 8000 }, (_, i) => oldEntry(i + 3)));
    await link.calls(calls);
    let read = 0;
    const counting = {
      call: (one: RedisCall) => link.call(one),
      calls: async (some: readonly RedisCall[]) => {
        const replies = await link.calls(some);
        for (const [i, one] of some.entries()) {
          const streams = 'script' in one || one[0] !== 'xread' ? [] : ((replies?.[i] ?? []) as [string, unknown[]][]);
          for (const [, found] of streams) read += found.length;
        }
        return replies;
      },
    } as unknown as RedisLink;
    const port = { link: counting, keys, clock: systemClock, reporter, writer: new LaneWriter({} as never), laneOf };
    const storage = new LaneStorage({ ...port, holds: (lane) => lane === 0, withdraw: () => {}, sendAll: () => {} });
    storage.add(0);
    for (let i = 0; i < 12; i++) expect((await storage.recover(PLENTY)).entries).toEqual([]);
    expect(read).toBeGreaterThan(4000);
    expect(read).toBeLessThan(7000);
    await link.call(['del', keys.lane(1)]);
    const ids: number[] = [];
    await expect
      .poll(async () => ids.push(...(await storage.recover(PLENTY)).entries.map(({ id }) => id)), { timeout: 5000 })
      .toBe(8001);
    expect(ids).toEqual(Array.from({ length: 8001 }, (_, i) => i + 2));
    await link.calls([['flushall']]);
    storage.remove(0);
  });

  it.each([
    ['the rest', true],
    ['one lane alone', false],
  ])('hands out once what was fixed when Redis does not answer for %s', async (_name, goesAway) => {
    await add(1, 2);
    const first = await holder('first');
    const request = await sealedBy(first);
    let asked = 0;
    let away = false;
    const failing = {
      call: async (one: RedisCall) => {
        if (++asked !== 2) return link.call(one);
        away = goesAway;
        return undefined;
      },
      calls: async (some: readonly RedisCall[]) => (away ? undefined : link.calls(some)),
    } as unknown as RedisLink;
    const reader = new LaneReader(failing, keys);
    for (const lane of [0, 1]) reader.add(lane);
    const found = [await reader.read(10)];
    away = false;
    found.push(await reader.read(10), await reader.read(10));
    expect(found[0] === undefined).toBe(goesAway);
    expect(found.flatMap((one) => one?.sealed ?? [])).toEqual([request]);
    expect(found.flatMap((one) => one?.entries ?? [])).toEqual([]);
    expect(reader.isRead(1)).toBe(true);
  });

  it('never sends what it may not any more, nor what the next one does not know of', async () => {
    await add(1);
    const first = await holder('first');
    const request = await sealedBy(first);
    expect(await first.sender.single(request)).toEqual({ kind: 'delivered' });
    // As after a long sleep: somebody else has the lease, which the first one has not noticed.
    await link.calls([['set', keys.lease(0), 'second:7']]);
    const late = { ...request, head: '"device_id":"ada","late":1' };
    expect(await first.sender.single(late)).toMatchObject({ kind: 'retry' });
    expect(first.leases.holds(0)).toBe(false);
    expect(await first.sender.bulk([request])).toMatchObject({ kind: 'retry' });
    expect(first.sent).toEqual([request]);
    expect(await link.call(['hvals', keys.seals(0)])).toEqual([`/i\n${request.entries[0]?.id}\n"device_id":"ada"`]);
  });

  it('relies on its lease for less time than Redis does', async () => {
    const first = await holder('first');
    await held(first).toBe(true);
    first.link.close();
    await held(first).toBe(false);
    expect(await link.call(['pttl', keys.lease(0)])).toBeGreaterThan(0);
  });

  it('counts once what two have delivered', async () => {
    await add(1, 2);
    const first = await holder('first');
    const request = await sealedBy(first);
    await link.calls([['set', keys.lease(0), 'second:7']]);
    for (const one of [first, await holder('second')]) {
      one.storage.settle(request.entries, 'delivered');
      await one.storage.commit();
    }
    expect(await ledger()).toEqual({ accepted: 2, delivered: 2, pending: 0, dropped: {} });
    expect(await link.call(['hlen', keys.seals(0)])).toBe(0);
  });

  it('hands out as much as there is room for, in order, and what is no entry not at all', async () => {
    await add(...Array.from({ length: 30 }, (_, i) => i + 1));
    await link.calls([['xadd', keys.lane(0), '9000000000000000-1', 'x', 'y']]);
    const first = await holder('first');
    await held(first).toBe(true);
    const ids: number[] = [];
    const bodies: string[] = [];
    for (let more = true; more; ) {
      const { entries, nextId } = await first.storage.recover({ entries: 7, bytes: 100_000 });
      expect(entries.length).toBeLessThanOrEqual(7);
      ids.push(...entries.map(({ id }) => id));
      bodies.push(...entries.map(({ body }) => body));
      more = nextId !== undefined;
      if (more) expect(nextId).toBeGreaterThan(ids.at(-1) ?? 0);
    }
    expect(bodies).toEqual(Array.from({ length: 30 }, (_, i) => oldEntry(i + 1).body));
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    await expect.poll(() => link.call(['xlen', keys.lane(0)])).toBe(30);
  });
});
