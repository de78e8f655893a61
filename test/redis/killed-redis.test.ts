import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.js';
import { Reporter, silentLogger } from '../../lib/logger.js';
import { commit } from '../../lib/redis/commit.js';
import { readStatus } from '../../lib/redis/fleet-status.js';
import { Keys } from '../../lib/redis/keys.js';
import { RedisLink } from '../../lib/redis/link.js';
import { oldEntry } from '../outbox/harness.js';
import { noRedis, Redis } from '../support/redis.js';

const keys = new Keys('test');
let folder: string;
let redis: Redis;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cw-killed-'));
  redis = new Redis(folder);
});
afterEach(async () => {
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
});

async function linked(): Promise<RedisLink> {
  const link = new RedisLink(redis.url, systemClock, new Reporter(silentLogger, Date.now), 2000);
  await new Promise<void>((resolve) => {
    link.onReady(resolve);
    link.open();
  });
  return link;
}

it.skipIf(noRedis)(
  'a Redis that was killed while it wrote has each entry once, however often it is started',
  async () => {
    const add = (link: RedisLink, ...ids: number[]) =>
      commit(link, keys, 1, { maxEntries: 100, maxBytes: 100_000 }, [
        { entries: ids.map((id) => ({ producer: 'pod', entry: { ...oldEntry(id), deviceId: 'ada' } })) },
      ]);
    await redis.start();
    const first = await linked();
    await add(first, 1, 2);
    first.close();
    await redis.stop();
    // The second entry was written half.
    const file = join(folder, 'appendonlydir', 'appendonly.aof.1.incr.aof');
    await truncate(file, (await readFile(file, 'utf8')).lastIndexOf('XADD') + 20);
    for (const start of [1, 2]) {
      await redis.start();
      const link = await linked();
      // Whoever has no answer adds it again.
      expect(await add(link, 1, 2)).toMatchObject([{ kind: start === 1 ? 'added' : 'known' }]);
      expect(await link.call(['xlen', keys.lane(0)])).toBe(2);
      expect((await readStatus(link, keys, 1)).ledger).toMatchObject({ accepted: 2, pending: 2 });
      link.close();
      await redis.stop();
    }
  },
);
