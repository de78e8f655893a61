import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { Redis as Client } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleetStatus } from '../../lib/redis/index.js';
import { selfSigned } from '../http/support/certificate.js';
import { noRedis } from '../support/redis.js';
import { Fleet } from './support/pods.js';

const soon = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });

describe.skipIf(noRedis)('the connection to Redis', () => {
  const fleet = new Fleet();
  let admin: Client;

  beforeAll(async () => {
    await fleet.start();
    admin = new Client(fleet.redis.url);
  });
  afterAll(async () => {
    admin.disconnect();
    await fleet.stop();
  });

  it.each([
    { keyPrefix: 'app:' },
    { stringNumbers: true },
    { monitor: true },
    { enableOfflineQueue: false, maxRetriesPerRequest: null, enableAutoPipelining: true, commandTimeout: 5000 },
  ])('works with a client that has %j', async (settings) => {
    const client = new Client(fleet.redis.url, { ...settings, lazyConnect: true });
    const device = Object.keys(settings)[0] ?? '';
    fleet.pod({ client, url: undefined, prefix: device }).device(device).addEvent('n');
    await soon(() => fleet.keysOf(device)).toEqual(['n']);
  });

  it('takes no other database than the one that was given', async () => {
    const url = `${fleet.redis.url}/99`;
    fleet.pod({ url, prefix: 'beyond' }).device('ada').addEvent('n');
    await soon(() => fleet.warnings.join()).toMatch(/cannot be reached \(Redis says ERR to select\)/);
    expect(await admin.keys('*beyond*')).toEqual([]);
  });

  it('says which certificate it does not take', async () => {
    const server = createServer(selfSigned('IP:127.0.0.1')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    fleet.warnings.length = 0;
    fleet.pod({ url: `rediss://127.0.0.1:${port}` });
    await soon(() => fleet.warnings.join()).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    server.close();
  });

  describe('of who asks for the state of a fleet alone', () => {
    const asked = (url: string, prefix = 'shop') =>
      fleetStatus({ url, prefix }).then(
        () => 'an answer',
        (error: Error) => error.message,
      );

    it('says why there is none, and no secret', async () => {
      await admin.call('acl', 'setuser', 'reader', 'on', '>secret-word', '~*', '+@all', '-hget');
      const { host, port } = fleet.redis;
      const answers = await Promise.all([
        asked(`redis://reader:secret-wrong@${host}:${port}`),
        asked(`redis://reader:secret-word@${host}:${port}`),
        asked('redis://:secret-word@127.0.0.1:1'),
      ]);
      expect(answers[0]).toMatch(/cannot be reached \(Redis says WRONGPASS/);
      expect(answers[1]).toMatch(/Redis says NOPERM to hget/);
      expect(answers[2]).toMatch(/cannot be reached \(ECONNREFUSED\)/);
      expect(answers.join()).not.toContain('secret');
      expect(await asked(fleet.redis.url, 'nobody')).toMatch(/no such fleet/);
    }, 20_000);
  });
});
