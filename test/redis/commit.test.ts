import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.js';
import { Reporter, silentLogger } from '../../lib/logger.js';
import type { Entry } from '../../lib/protocol/entry.js';
import { commit, type EntryGroup } from '../../lib/redis/commit.js';
import { readStatus } from '../../lib/redis/fleet-status.js';
import { Keys, laneOf } from '../../lib/redis/keys.js';
import { RedisLink } from '../../lib/redis/link.js';
import { withdrawalsOf } from '../../lib/redis/withdrawals.js';
import { eventBody, oldEntry } from '../outbox/harness.js';
import { noRedis, Redis } from '../support/redis.js';

const LANES = 4;
const ROOMY = { maxEntries: 1000, maxBytes: 1_000_000 };

describe.skipIf(noRedis)('adding to the lanes', () => {
  const redis = new Redis();
  const keys = new Keys('test');
  let link: RedisLink;

  beforeAll(() => redis.start());
  afterAll(async () => {
    link.close();
    await redis.stop();
  });
  beforeEach(async () => {
    link?.close();
    link = new RedisLink(redis.url, systemClock, new Reporter(silentLogger, Date.now), 2000);
    await new Promise<void>((resolve) => {
      link.onReady(resolve);
      link.open();
    });
    await link.calls([['flushall']]);
  });

  const add = (groups: readonly EntryGroup[], bounds = ROOMY) => commit(link, keys, LANES, bounds, groups);
  const group = (ids: readonly number[], also: Partial<EntryGroup> = {}, entry: Partial<Entry> = {}): EntryGroup => ({
    entries: ids.map((id) => ({ producer: 'pod', entry: { ...oldEntry(id), deviceId: 'ada', ...entry } })),
    ...also,
  });
  const ledger = async () => (await readStatus(link, keys, LANES)).ledger;
  const waiting = async () => {
    const found = await link.call(['xrange', keys.lane(laneOf('ada', LANES)), '-', '+']);
    return (found as [string, string[]][]).map(([id, fields]): [string, string] => [
      id,
      JSON.parse(fields[5] ?? '').key,
    ]);
  };

  it('numbers entries over all lanes in the order in which they come', async () => {
    await add([group([5, 6]), group([1], {}, { deviceId: 'bob' }), group([9])]);
    const [first, second, last] = (await waiting()).map(([id, key]) => [Number.parseInt(id ?? '', 10), key] as const);
    const before = first?.[0] ?? 0;
    expect(Math.abs(before / 1000 - Date.now())).toBeLessThan(60_000);
    expect([first, second]).toEqual([
      [before, 'old5'],
      [before + 1, 'old6'],
    ]);
    // Between them is what another device has got.
    expect(last?.[0]).toBeGreaterThan(before + 2);
    expect(await ledger()).toEqual({ accepted: 4, delivered: 0, pending: 4, dropped: {} });
  });

  it('adds nothing twice, whatever is repeated, and knows one process from another', async () => {
    expect(await add([group([5, 6])])).toMatchObject([{ kind: 'added' }]);
    expect(await add([group([5, 6])])).toEqual([{ kind: 'known', states: [] }]);
    expect(await add([group([6, 7])])).toMatchObject([{ kind: 'added' }]);
    const other = { producer: 'other', entry: { ...oldEntry(6), deviceId: 'ada', body: eventBody('other6') } };
    expect(await add([{ entries: [other] }])).toMatchObject([{ kind: 'added' }]);
    expect((await waiting()).map(([, key]) => key)).toEqual(['old5', 'old6', 'old7', 'other6']);
    expect((await ledger()).accepted).toBe(4);
  });

  it('adds all of a group or nothing, and counts calls that were rolled up', async () => {
    const bounds = { maxEntries: 3, maxBytes: 1_000_000 };
    expect(await add([group([1, 2], {}, { weight: 10 })], bounds)).toMatchObject([{ kind: 'added' }]);
    expect(await add([group([3, 4])], bounds)).toEqual([{ kind: 'full' }]);
    expect(await add([group([3])], { ...bounds, maxBytes: 1024 })).toMatchObject([{ kind: 'added' }]);
    expect(await add([group([4])], { ...bounds, maxBytes: 1 })).toEqual([{ kind: 'full' }]);
    expect((await ledger()).accepted).toBe(21);
  });

  it('says so when Redis has no room, and adds it later', async () => {
    await link.calls([['config', 'set', 'maxmemory', '1']]);
    expect(await add([group([1])])).toEqual([{ kind: 'failed', reason: 'Redis says OOM' }]);
    await link.calls([['config', 'set', 'maxmemory', '0']]);
    expect(await add([group([1])])).toMatchObject([{ kind: 'added' }]);
  });

  it('loads its scripts again when Redis has forgotten them', async () => {
    await link.calls([['script', 'flush']]);
    expect(await add([group([1])])).toEqual([{ kind: 'failed', reason: 'Redis says NOSCRIPT' }]);
    await expect.poll(() => add([group([1])])).toMatchObject([{ kind: 'added' }]);
  });

  it.each(['withdrawn', 'withdrawals', 'meta', 'lane', 'seals'] as const)(
    'adds nothing, or all and counts it, when something else stands under the name of %s',
    async (name) => {
      const lane = laneOf('ada', LANES);
      const key = name === 'lane' || name === 'seals' ? keys[name](lane) : keys[name]();
      const withdraws = { kind: 'request', feature: 'core', body: '"consent":{"events":false}' } as const;
      const both: EntryGroup = {
        entries: [...group([1], {}, { deviceId: 'bob' }).entries, ...group([2], {}, withdraws).entries],
        request: { path: '/i', head: '' },
      };
      // Of one device, as a request is.
      const given = name === 'seals' ? { ...both, entries: both.entries.slice(1) } : both;
      await link.call(['set', key, 'x']);
      expect(await add([given])).toEqual([{ kind: 'failed', reason: 'Redis says WRONGTYPE' }]);
      expect(await link.call(['hlen', keys.ledger()])).toBe(0);
      expect(await link.call(['exists', keys.added('ada'), keys.added('bob')])).toBe(0);
      await link.call(['del', key]);
      await add([given]);
      expect(await ledger()).toMatchObject({ accepted: given.entries.length, pending: given.entries.length });
    },
  );

  it('never gives a number again, also when Redis has lost what it had', async () => {
    await add([group([1])]);
    const [[before] = []] = await waiting();
    await link.calls([['flushall']]);
    await add([group([2])]);
    const [[after] = []] = await waiting();
    expect(Number.parseInt(after ?? '', 10)).toBeGreaterThan(Number.parseInt(before ?? '', 10));
  });

  it('keeps the bytes that a request had before', async () => {
    await add([group([1, 2], { request: { path: '/i/bulk', head: '"device_id":"ada"' } })]);
    expect(await link.call(['hvals', keys.seals(laneOf('ada', LANES))])).toEqual([
      expect.stringMatching(/^\/i\/bulk\n\d+,\d+\n"device_id":"ada"$/),
    ]);
  });

  it.each(['many', '-7', '1e15', '9007199254740993', '99999999999999999999999'])(
    'takes %s for no number of an entry',
    async (number) => {
      await link.call(['set', keys.seq(), number]);
      expect(await add([group([1])])).toMatchObject([{ kind: 'added' }]);
      expect(Number.parseInt((await waiting())[0]?.[0] ?? '', 10) / 1000 - Date.now()).toBeLessThan(60_000);
    },
  );

  it.each(['{{{', '7', '"x"', 'null'])('knows what is taken back where %s stood of a person', async (odd) => {
    await link.call(['hset', keys.withdrawn(), 'ada', odd]);
    const consent = { feature: 'core', kind: 'request', body: '"consent":{"events":false}' } as const;
    expect(await add([group([1], {}, consent)])).toMatchObject([{ kind: 'added' }]);
    expect([...((await withdrawalsOf(link, keys, ['ada']))?.get('ada')?.keys() ?? [])]).toEqual(['events']);
  });

  describe('with the state of a visitor', () => {
    const state = (version: number, newState: string, deviceId = 'ada') => {
      return { deviceId, version, newState, ttlMs: 60_000 };
    };

    /** Adds, and gives the versions of the states. */
    const added = async (one: EntryGroup) => {
      const [result] = await add([one]);
      return result?.kind === 'added' ? result.versions : [];
    };

    it('changes it together with the entries', async () => {
      const [first = 0] = await added(group([1], { states: [state(0, 'one')] }));
      const [second = 0] = await added(group([2], { states: [state(first, 'two')] }));
      expect(second).toBeGreaterThan(first);
      expect(await link.call(['hmget', keys.visitor('ada'), 'v', 's'])).toEqual([String(second), 'two']);
      expect(await link.call(['pttl', keys.visitor('ada')])).toBeGreaterThan(1000);
    });

    it('adds nothing when somebody else has changed it, and says what there is', async () => {
      const [version] = await added(group([1], { states: [state(0, 'theirs')] }));
      const [result] = await add([group([2], { states: [state(0, 'ours')] })]);
      expect(result).toEqual({ kind: 'conflict', states: [{ version, state: 'theirs' }] });
      expect((await ledger()).accepted).toBe(1);
    });

    it('knows a repetition of what it has done', async () => {
      const once = group([1], { states: [state(0, 'one')] });
      const [version] = await added(once);
      expect(await add([once])).toEqual([{ kind: 'known', states: [{ version, state: 'one' }] }]);
    });

    it('does not take a state that was made anew for the one before', async () => {
      const [before = 0] = await added(group([1], { states: [state(0, 'before')] }));
      await link.call(['del', keys.visitor('ada')]);
      await added(group([2], { states: [state(0, 'anew')] }));
      expect(await add([group([3], { states: [state(before, 'late')] })])).toMatchObject([{ kind: 'conflict' }]);
    });

    it.each(['1e3', '007', 'many', '-1', '1.5', '9007199254740993'])(
      'takes the version %s for none',
      async (version) => {
        await link.calls([['hset', keys.visitor('ada'), 'v', version, 's', 'of nobody']]);
        expect(await add([group([1], { states: [state(5, 'late')] })])).toEqual([
          { kind: 'conflict', states: [{ version: 0, state: '' }] },
        ]);
        expect(await added(group([2], { states: [state(0, 'one')] }))).toHaveLength(1);
        expect(await link.call(['hget', keys.visitor('ada'), 's'])).toBe('one');
      },
    );

    it('takes two visitors, who become one, or none', async () => {
      const [version = 0] = await added(group([1], { states: [state(0, 'of bob', 'bob')] }));
      const merge = (of: number) => group([2], { states: [state(0, 'of both'), state(of, '', 'bob')] });
      expect(await add([merge(0)])).toEqual([
        {
          kind: 'conflict',
          states: [
            { version: 0, state: '' },
            { version, state: 'of bob' },
          ],
        },
      ]);
      expect(await added(merge(version))).toHaveLength(2);
      expect(await link.call(['hget', keys.visitor('ada'), 's'])).toBe('of both');
    });
  });
});

it('a device has the same lane in every process and version', () => {
  expect(['ada', 'bob', 'ünïcødé 🦜', ''].map((id) => laneOf(id, 16))).toEqual([11, 4, 14, 5]);
  const counts = Array.from({ length: 16 }, () => 0);
  for (let i = 0; i < 16_000; i++) counts[laneOf(`visitor-${i}`, 16)] = (counts[laneOf(`visitor-${i}`, 16)] ?? 0) + 1;
  expect(Math.min(...counts)).toBeGreaterThan(800);
});
