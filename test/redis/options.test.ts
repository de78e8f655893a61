import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Redis as Client, Cluster } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { CountlyConfigError } from '../../lib/errors.js';
import { redisFleet } from '../../lib/redis/index.js';
import type { RedisFleetOptions } from '../../lib/redis/options.js';
import { Countly } from '../../lib/scope/countly.js';

function problemsOf(options: unknown): string[] {
  try {
    redisFleet(options as RedisFleetOptions);
    return [];
  } catch (error) {
    if (!(error instanceof CountlyConfigError)) throw error;
    return error.problems.map(({ option, expected, actual }) => `${option}: ${expected}, got ${actual}`);
  }
}

describe('redisFleet', () => {
  it('takes an address or a client', () => {
    const client = new Client({ lazyConnect: true });
    expect(problemsOf({ url: 'redis://127.0.0.1:6379' })).toEqual([]);
    expect(problemsOf({ client, prefix: 'shop', lanes: 4, send: false, leaseTime: 1000 })).toEqual([]);
    client.disconnect();
    const cluster = new Cluster([{ port: 1 }], { lazyConnect: true });
    expect(problemsOf({ client: cluster })).toEqual([expect.stringMatching(/^redisFleet.client: .*no Cluster/)]);
    cluster.disconnect();
  });

  it('tells everything that is wrong at once, and no password', () => {
    const problems = problemsOf({ url: 'http://user:secret@redis', lanes: 0, send: 'yes', prefix: 'a{b}', laness: 3 });
    expect(problems.map((text) => text.split(':')[0])).toEqual([
      ...['redisFleet.url', 'redisFleet.lanes', 'redisFleet.send', 'redisFleet.prefix', 'redisFleet.laness'],
    ]);
    expect(problems.join(' ')).not.toContain('secret');
    expect(problemsOf({})).toEqual([expect.stringMatching(/^redisFleet.url: .*got nothing/)]);
    expect(problemsOf(7)).toEqual([expect.stringMatching(/^redisFleet: an object/)]);
  });

  it.each(['redis://:secret%ZZ@127.0.0.1', 'redis://127.0.0.1/shop'])(
    'refuses %s, which ioredis cannot read',
    (url) => {
      const problems = problemsOf({ url });
      expect(problems).toEqual([expect.stringMatching(/^redisFleet.url: a redis:/)]);
      expect(problems.join()).not.toContain('secret');
    },
  );

  it('is checked where it is used', () => {
    const options = { url: 'http://127.0.0.1:1', appKey: 'A', fleet: {} as never };
    expect(() => new Countly(options)).toThrow(/fleet.*redisFleet/);
  });
});

it('nothing of it is loaded without it', () => {
  const script = `
    const { Countly } = require('countly-weave');
    const countly = Countly.init({ url: 'http://127.0.0.1:1', appKey: 'A', durability: 'memory' });
    countly.addEvent('n');
    const loaded = Object.keys(require.cache).filter((path) => /ioredis|dist.redis/.test(path));
    countly.close({ timeout: 0 }).then(() => console.log(JSON.stringify(loaded)));`;
  const root = join(__dirname, '../..');
  expect(JSON.parse(execFileSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8' }))).toEqual([]);
});
