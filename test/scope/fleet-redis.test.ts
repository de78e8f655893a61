import { setTimeout } from 'node:timers/promises';
import { Redis as Client } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.js';
import { noRedis, Redis } from '../nest/support/redis.js';
import { counted, pods } from '../support/fleet.js';
import { RedisVisitorStore } from '../support/redis-visitor-store.js';
import { visitorStoreContract } from '../support/visitor-contracts.js';

const redis = new Redis();
let made = 0;

async function storeOnRedis(prefix = `test-${++made}:`) {
  const client = new Client({ port: redis.port, host: redis.host });
  const store = new RedisVisitorStore(client, prefix);
  return { store, accepted: () => store.accepted(), dispose: async () => void (await client.quit()) };
}

describe.skipIf(noRedis)('visitors on a real Redis', () => {
  beforeAll(() => redis.start());
  afterAll(() => redis.stop());

  describe('the store', () => {
    for (const { name, run } of visitorStoreContract(() => storeOnRedis())) it(name, run);
  });

  it('one visitor over five processes at once is one visitor', async () => {
    const stores = await Promise.all(Array.from({ length: 5 }, () => storeOnRedis('fleet:')));
    const [first] = stores;
    const all = stores.flatMap(({ store }) => pods(1, systemClock, store));
    const visitors = all.map(({ client }) => client.device('visitor'));
    const began = performance.now();
    for (const visitor of visitors) visitor.beginSession();
    for (let round = 0; round < 40; round++) {
      for (const visitor of visitors) {
        visitor.trackView(`/page-${round}`);
        visitor.addEvent('click');
      }
      await setTimeout(5);
    }
    await setTimeout(400);
    await Promise.all(all.map(({ client }) => client.flush()));
    for (const visitor of visitors) visitor.endSession();
    const took = (performance.now() - began) / 1000;
    await Promise.all(all.map(({ client }) => client.flush()));
    const accepted = (await first?.accepted())?.map((body) => ({ kind: kindOf(body), body: textOf(body) })) ?? [];
    const numbers = counted(accepted);
    expect(numbers).toMatchObject({ sessions: 1, ended: 1, visits: 200, landings: 1, events: 200 });
    expect(Math.abs(numbers.seconds - took)).toBeLessThan(1.5);
    const peids = accepted.flatMap(({ body }) => (body.includes('"click"') ? [JSON.parse(body).peid] : []));
    // Each event follows another one: they are one row.
    expect(new Set(peids).size).toBe(200);
    for (const { client } of all) expect(client.stats().accepted).toBe(0);
    await Promise.all(all.map(({ client }) => client.close()));
    for (const { dispose } of stores) await dispose();
  });

  it('what is recorded while Redis is killed is queued by each process, and once', async () => {
    const away = new Redis();
    await away.start();
    const client = new Client({ port: away.port, host: away.host, maxRetriesPerRequest: 0, retryStrategy: () => null });
    client.on('error', () => {});
    const store = new RedisVisitorStore(client, 'fleet:');
    const [pod] = pods(1, systemClock, store);
    const visitor = pod?.client.device('visitor');
    visitor?.trackView('/one');
    await pod?.client.flush();
    expect(await store.accepted()).toHaveLength(1);
    await away.stop();
    for (let i = 0; i < 10; i++) visitor?.addEvent(`event-${i}`);
    await pod?.client.flush();
    expect(pod?.transport.events.map(({ key }) => key)).toEqual(Array.from({ length: 10 }, (_, i) => `event-${i}`));
    await pod?.client.close();
    client.disconnect();
  });
});

const kindOf = (body: string) => ('key' in JSON.parse(body) ? ('event' as const) : ('request' as const));
const textOf = (body: string) => (kindOf(body) === 'event' ? body : body.slice(1, -1));
