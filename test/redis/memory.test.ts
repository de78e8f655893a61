import { Redis as Client } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.js';
import { Reporter, silentLogger } from '../../lib/logger.js';
import { readStatus } from '../../lib/redis/fleet-status.js';
import { Keys } from '../../lib/redis/keys.js';
import { RedisLink } from '../../lib/redis/link.js';
import { evictionIn, Upkeep } from '../../lib/redis/upkeep.js';
import { noRedis } from '../support/redis.js';
import { Fleet } from './support/pods.js';

const soon = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });
const LANES = 4;

describe.skipIf(noRedis)('the memory of Redis', () => {
  let fleet: Fleet;
  let admin: Client;

  beforeEach(async () => {
    fleet = new Fleet();
    await fleet.start();
    admin = new Client(fleet.redis.url);
  });

  afterEach(async () => {
    admin.disconnect();
    await fleet.stop();
  });

  /** Pods that only hand over leave so many entries of 20 devices in Redis. */
  async function handedOver(count: number): Promise<void> {
    const pod = fleet.pod({ prefix: 'shop', lanes: LANES, send: false });
    for (let i = 0; i < count; i++) pod.device(`d${i % 20}`).addEvent(`n${i}`);
    await soon(async () => (await pod.fleet?.status())?.entries).toBe(count);
  }

  async function upkeep() {
    const said: string[] = [];
    const reporter = new Reporter({ ...silentLogger, error: (text) => said.push(text) }, Date.now);
    const link = new RedisLink(fleet.redis.url, systemClock, reporter, 2000);
    await new Promise<void>((resolve) => {
      link.onReady(resolve);
      link.open();
    });
    const keys = new Keys('shop');
    const status = () => readStatus(link, keys, LANES);
    return { said, status, link, upkeep: new Upkeep({ link, keys, clock: systemClock, reporter }) };
  }

  it('when it is full, what waits is sent all the same, by processes that come later as well', async () => {
    await handedOver(100);
    await admin.config('SET', 'maxmemory', '1');
    const relay = fleet.pod({ prefix: 'shop', lanes: LANES });
    await soon(() => fleet.server.total()).toBe(100);
    await soon(async () => (await relay.fleet?.status())?.ledger).toMatchObject({ delivered: 100, pending: 0 });
    relay.device('ada').addEvent('later');
    await soon(() => fleet.warnings.join()).toMatch(/Redis says OOM/);
    await admin.config('SET', 'maxmemory', '0');
    await soon(() => fleet.keysOf('ada')).toEqual(['later']);
  });

  it('that makes room by itself is told, and what went is counted', async () => {
    await admin.config('SET', 'maxmemory', '100mb', 'maxmemory-policy', 'allkeys-lru');
    await handedOver(100);
    await soon(() => fleet.warnings.join()).toMatch(/allkeys-lru.*noeviction/);
    const { said, status, upkeep: keeper, link } = await upkeep();
    await keeper.tidy(LANES);
    expect((await status()).ledger.dropped).toEqual({});
    // As eviction does: one whole name.
    const gone = (await status()).lanes[1]?.entries ?? 0;
    await admin.del('{shop}:lane:1');
    await keeper.tidy(LANES);
    expect(await status()).toMatchObject({ ledger: { accepted: 100, pending: 100 - gone, dropped: { lost: gone } } });
    await admin.del('{shop}:lane:0', '{shop}:lane:2', '{shop}:lane:3');
    await keeper.tidy(LANES);
    await keeper.tidy(LANES);
    expect(await status()).toMatchObject({ ledger: { accepted: 100, pending: 0, dropped: { lost: 100 } }, bytes: 0 });
    expect(said).toEqual([expect.stringContaining(`${gone} entries`)]);
    link.close();
  });

  it('that lost the ledger alone begins a new one with what waits', async () => {
    await handedOver(100);
    await admin.del('{shop}:ledger');
    const { said, status, upkeep: keeper, link } = await upkeep();
    await keeper.tidy(LANES);
    expect(await status()).toMatchObject({ ledger: { accepted: 100, pending: 100, dropped: {} }, entries: 100 });
    // Who knows another number of lanes does not see all of them.
    await keeper.tidy(1);
    expect(await status()).toMatchObject({ ledger: { accepted: 100, pending: 100, dropped: {} }, entries: 100 });
    fleet.pod({ prefix: 'shop', lanes: LANES });
    await soon(async () => (await status()).ledger).toEqual({ accepted: 100, delivered: 100, pending: 0, dropped: {} });
    expect(said).toEqual([]);
    link.close();
  });
});

it.each([
  ['maxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n', undefined],
  ['maxmemory:1000\r\nmaxmemory_policy:noeviction\r\n', undefined],
  ['maxmemory:1000\r\nmaxmemory_policy:volatile-ttl\r\n', 'volatile-ttl'],
  [new Error('NOPERM'), undefined],
  [undefined, undefined],
])('%j removes by %s', (info, policy) => {
  expect(evictionIn(info)).toBe(policy);
});
