import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CountlyOptions } from '../../lib/config/options.js';
import { silentLogger } from '../../lib/logger.js';
import { redisFleet } from '../../lib/redis/index.js';
import type { RedisFleetOptions } from '../../lib/redis/options.js';
import { Countly } from '../../lib/scope/countly.js';
import { CountlyServer } from '../support/countly-server.js';
import { noRedis, Redis } from '../support/redis.js';

describe.skipIf(noRedis)('one process with its queue on Redis', () => {
  const redis = new Redis();
  const server = new CountlyServer();
  const clients: Countly[] = [];

  beforeEach(async () => {
    await redis.start();
    await server.start();
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close({ timeout: 0 });
    await redis.stop();
    await server.stop();
    server.counts.clear();
    server.script = () => undefined;
  });

  function pod(fleet: Partial<RedisFleetOptions> = {}, options: CountlyOptions = {}): Countly {
    const countly = new Countly({
      url: server.url,
      appKey: 'APP',
      deviceId: 'host',
      durability: 'memory',
      logger: silentLogger,
      flushInterval: 50,
      serverSettings: false,
      healthCheck: false,
      fleet: redisFleet({ url: redis.url, leaseTime: 500, ...fleet }),
      ...options,
    });
    clients.push(countly);
    return countly;
  }

  it('delivers through the lanes, and says where everything is', async () => {
    const countly = pod();
    for (let i = 0; i < 300; i++) countly.device(`d${i % 30}`).addEvent(`n${i}`);
    expect(await countly.flush({ timeout: 5000 })).toEqual({ delivered: 300, pending: 0, dropped: 0 });
    expect(server.total()).toBe(300);
    expect(await countly.fleet?.status()).toMatchObject({
      ledger: { accepted: 300, delivered: 300, pending: 0, dropped: {} },
      entries: 0,
      bytes: 0,
    });
  });
});
