import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.js';
import { Reporter, silentLogger } from '../../lib/logger.js';
import { readStatus } from '../../lib/redis/fleet-status.js';
import { Keys } from '../../lib/redis/keys.js';
import { RedisLink } from '../../lib/redis/link.js';
import { PodReport } from '../../lib/redis/pod-report.js';
import { noRedis, Redis } from '../support/redis.js';

const LEASE_MS = 20;

describe.skipIf(noRedis)('what a process of a fleet tells of itself', () => {
  const redis = new Redis();
  const keys = new Keys('test');
  let link: RedisLink;

  beforeAll(async () => {
    await redis.start();
    link = new RedisLink(redis.url, systemClock, new Reporter(silentLogger, Date.now), 2000);
    await new Promise<void>((resolve) => {
      link.onReady(resolve);
      link.open();
    });
  });
  afterAll(async () => {
    link.close();
    await redis.stop();
  });

  const reportOf = (id: string) => {
    const ledger = { accepted: 2, delivered: 0, pending: 0, dropped: { filtered: 2 } };
    const options = { id, sends: true, leaseMs: LEASE_MS };
    return new PodReport(
      ...([link, keys, systemClock, options] as const),
      () => ({ ledger, direct: 0 }),
      () => [],
    );
  };

  it('holds again after it was taken for dead, and is counted once', async () => {
    const [one, other] = [reportOf('one'), reportOf('other')];
    const ledger = { accepted: 4, delivered: 0, pending: 0, dropped: { filtered: 4 } };
    const told = async () => {
      const status = await readStatus(link, keys, 1);
      return { pods: status.pods.map(({ id }) => id).sort(), ledger: status.ledger };
    };
    await one.tell();
    await expect
      .poll(async () => {
        await other.tell();
        return told();
      })
      .toEqual({ pods: ['other'], ledger });
    await one.tell();
    expect(await told()).toEqual({ pods: ['one', 'other'], ledger });
  });
});
