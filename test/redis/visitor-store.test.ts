import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.js';
import { Reporter, silentLogger } from '../../lib/logger.js';
import type { VisitorStore } from '../../lib/outbox/visitor-store.js';
import type { Entry, EntryDraft } from '../../lib/protocol/entry.js';
import { commit } from '../../lib/redis/commit.js';
import { Keys } from '../../lib/redis/keys.js';
import { RedisLink } from '../../lib/redis/link.js';
import { RedisVisitors } from '../../lib/redis/redis-visitors.js';
import { noRedis, Redis } from '../support/redis.js';
import { visitorStoreContract } from '../support/visitor-contracts.js';

const ROOMY = { maxEntries: 1000, maxBytes: 1_000_000 };

describe.skipIf(noRedis)('the store of visitors on Redis', () => {
  const redis = new Redis();
  let made = 0;

  beforeAll(() => redis.start());
  afterAll(() => redis.stop());

  async function storeOnRedis() {
    const link = new RedisLink(redis.url, systemClock, new Reporter(silentLogger, Date.now), 2000);
    await new Promise<void>((resolve) => {
      link.onReady(resolve);
      link.open();
    });
    const keys = new Keys(`test-${++made}`);
    let id = 0;
    const here: Entry[] = [];
    const passed: Entry[] = [];
    const refusals: number[] = [];
    // Between the store and Redis: what a fault does to a call.
    const way = { late: false };
    const store = new RedisVisitors({
      clock: systemClock,
      producer: 'pod',
      cache: { get: async () => undefined, set: async () => {} },
      visitorTtl: 60,
      commit: async (groups) => {
        const results = await commit(link, keys, 1, ROOMY, groups);
        return way.late ? new Promise(() => {}) : results;
      },
      waitsHere: (deviceId) => here.some((entry) => entry.deviceId === deviceId),
      entryOf: (draft: EntryDraft) => ({ ...draft, id: ++id }),
      keep: (entry) => here.push(entry),
      refused: () => refusals.push(here.length),
      passed: (entries) => passed.push(...entries),
    });
    const accepted = async () => {
      const found = (await link.call(['xrange', keys.lane(0), '-', '+'])) as [string, string[]][];
      return found.map(([, fields]) => fields[5] ?? '');
    };
    return { store, accepted, here, passed, refusals, way, dispose: async () => link.close() };
  }

  for (const { name, run } of visitorStoreContract(storeOnRedis)) it(name, run);

  const groupOf = (deviceId: string, version: number, body: string): Parameters<VisitorStore['commit']>[0][number] => ({
    changes: [{ deviceId, version, state: 'state', ttlMs: 60_000 }],
    entries: [{ deviceId, idType: 0, kind: 'event', feature: 'events', timestamp: 1, tz: 0, weight: 1, body }],
  });

  it('keeps here what Redis does not say that it took, under an id by which it knows it, and what comes after', async () => {
    const { store, accepted, here, passed, refusals, way, dispose } = await storeOnRedis();
    way.late = true;
    expect(await store.commit([groupOf('ada', 0, '{"key":"one"}')])).toEqual([{ kind: 'apart' }]);
    way.late = false;
    expect(await store.commit([groupOf('ada', 0, '{"key":"two"}')])).toEqual([{ kind: 'apart' }]);
    expect(here.map((entry) => [entry.id, entry.body])).toEqual([
      [1, '{"key":"one"}'],
      [2, '{"key":"two"}'],
    ]);
    expect(await accepted()).toEqual(['{"key":"one"}']);
    expect(passed).toEqual([]);
    // Before the first one is kept, so that it is not spared the disk; the other one has been asked for nothing.
    expect(refusals).toEqual([0]);
    await dispose();
  });

  it('keeps what is under way when nobody waits any more, and counts no later answer', async () => {
    const { store, here, passed, dispose } = await storeOnRedis();
    const underWay = store.commit([groupOf('ada', 0, '{"key":"one"}')]);
    store.abandon();
    expect(here).toHaveLength(1);
    expect(await underWay).toEqual([{ kind: 'apart' }]);
    expect(passed).toEqual([]);
    await dispose();
  });
});
