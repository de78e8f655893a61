import { deepStrictEqual, notStrictEqual, ok, strictEqual } from 'node:assert';
import type { VisitorState } from '../../lib/features/visitor-state.js';
import type { VisitorGroup, VisitorStore } from '../../lib/outbox/visitor-store.js';
import type { EntryDraft } from '../../lib/protocol/entry.js';
import { ScopeTarget } from '../../lib/scope/scope-target.js';
import type { ContractCase } from '../../lib/testing/storage-contract.js';

/** What is known of visitors, in two processes where there are several, else twice the same. */
export interface VisitorStateUnderTest {
  readonly here: VisitorState;
  readonly there: VisitorState;
  /** Resolves when each knows what the other did. */
  settle(): Promise<void>;
  dispose(): Promise<void>;
}

const whom = (deviceId: string) => new ScopeTarget({ deviceId, idType: 0 });

/** The rules every `VisitorState` must keep. */
export function visitorStateContract(create: () => VisitorStateUnderTest): ContractCase[] {
  const rule = (name: string, check: (under: VisitorStateUnderTest) => Promise<void>): ContractCase => ({
    name,
    async run() {
      const under = create();
      try {
        await check(under);
      } finally {
        await under.dispose();
      }
    },
  });
  /** What is known at that place by now. */
  const known = async ({ settle }: VisitorStateUnderTest, at: VisitorState, deviceId: string) => {
    let last: string | undefined;
    at.visit(whom(deviceId), ({ lastEventId }) => {
      last = lastEventId;
    });
    await settle();
    return last;
  };
  return [
    rule('runs a change at once, and the next one knows of it', async ({ here }) => {
      let runs = 0;
      here.visit(whom('visitor'), (visitor, target) => {
        strictEqual(target.deviceId, 'visitor');
        visitor.lastEventId = `event-${++runs}`;
      });
      strictEqual(runs, 1);
      strictEqual(here.visitorOf('visitor')?.lastEventId, 'event-1');
    }),
    rule('tells every process, once it is settled', async (under) => {
      under.here.visit(whom('visitor'), (visitor) => {
        visitor.lastEventId = 'here';
      });
      await under.settle();
      strictEqual(await known(under, under.there, 'visitor'), 'here');
      strictEqual(await known(under, under.there, 'other'), undefined);
    }),
    rule('loses no change, wherever and whenever it was made', async (under) => {
      const change = (at: VisitorState, letter: string) =>
        at.visit(whom('visitor'), (visitor) => {
          visitor.lastEventId = `${visitor.lastEventId ?? ''}${letter}`;
        });
      for (const letter of 'abc') change(under.here, letter);
      for (const letter of 'xyz') change(under.there, letter);
      await under.settle();
      const text = (await known(under, under.here, 'visitor')) ?? '';
      strictEqual(text.length, 6);
      for (const order of ['abc', 'xyz']) strictEqual([...text].filter((one) => order.includes(one)).join(''), order);
    }),
    rule('remembers nothing of a look at somebody of whom nothing is known', async (under) => {
      under.here.revisit(whom('nobody'), () => {});
      await under.settle();
      strictEqual(under.here.visitorOf('nobody'), undefined);
    }),
    rule('lets a look change what is known', async (under) => {
      under.here.visit(whom('visitor'), (visitor) => {
        visitor.lastEventId = 'before';
      });
      await under.settle();
      under.there.revisit(whom('visitor'), (visitor) => {
        if (visitor.lastEventId === 'before') visitor.lastEventId = 'after';
      });
      await under.settle();
      strictEqual(await known(under, under.here, 'visitor'), 'after');
    }),
    rule('takes a change within a change for part of it', async ({ here }) => {
      here.visit(whom('visitor'), (outer) => {
        here.visit(whom('visitor'), (inner) => {
          strictEqual(inner, outer);
          strictEqual(here.visitorOf('visitor'), outer);
        });
      });
    }),
    rule('changes two visitors in one piece', async (under) => {
      under.here.visit(whom('before'), (visitor) => {
        visitor.lastEventId = 'theirs';
      });
      await under.settle();
      const merge = (visitor: Parameters<Parameters<VisitorState['visit']>[1]>[0], at: VisitorState) => {
        const before = at.visitorOf('before');
        if (before !== undefined) visitor.takeOver(before);
      };
      under.there.visit(whom('after'), (visitor) => merge(visitor, under.there), { other: 'before' });
      await under.settle();
      strictEqual(await known(under, under.here, 'after'), 'theirs');
      strictEqual(await known(under, under.here, 'before'), undefined);
    }),
    rule('passes on what a change throws, and goes on', async (under) => {
      let thrown: unknown;
      try {
        under.here.visit(whom('visitor'), () => {
          throw new Error('of the caller');
        });
      } catch (error) {
        thrown = error;
      }
      ok(thrown instanceof Error);
      under.here.visit(whom('visitor'), (visitor) => {
        visitor.lastEventId = 'next';
      });
      await under.settle();
      strictEqual(await known(under, under.there, 'visitor'), 'next');
    }),
  ];
}

/** A fresh store, and what it has accepted for delivery so far, in order. */
export interface VisitorStoreUnderTest {
  readonly store: VisitorStore;
  accepted(): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

/** The rules every `VisitorStore` must keep. */
export function visitorStoreContract(create: () => Promise<VisitorStoreUnderTest>): ContractCase[] {
  const rule = (name: string, check: (under: VisitorStoreUnderTest) => Promise<void>): ContractCase => ({
    name,
    async run() {
      const under = await create();
      try {
        await check(under);
      } finally {
        await under.dispose();
      }
    },
  });
  const change = (deviceId: string, version: number, state: string) => ({ deviceId, version, state, ttlMs: 60_000 });
  const entry = (deviceId: string, key: string): EntryDraft => ({
    ...{ deviceId, idType: 0, kind: 'event', feature: 'events', timestamp: 1_700_000_000_000, tz: 0, weight: 1 },
    body: `{"key":"${key}","text":"ünïcødé 🦜"}`,
  });
  const group = (deviceId: string, version: number, state: string, ...keys: readonly string[]): VisitorGroup => ({
    changes: [change(deviceId, version, state)],
    entries: keys.map((key) => entry(deviceId, key)),
  });
  const bodies = (deviceId: string, ...keys: readonly string[]) => keys.map((key) => entry(deviceId, key).body);
  /** Stores, and gives the version. */
  const stored = async (store: VisitorStore, ...groups: readonly VisitorGroup[]): Promise<readonly number[]> => {
    const outcomes = await store.commit(groups);
    return outcomes.flatMap((outcome) => {
      strictEqual(outcome.kind, 'stored');
      return outcome.kind === 'stored' ? outcome.versions : [];
    });
  };
  return [
    rule('stores states and accepts entries, in order', async ({ store, accepted }) => {
      const versions = await stored(store, group('a', 0, 'state a', '1', '2'), group('b', 0, '', '3'));
      strictEqual(versions.length, 2);
      ok(versions.every((version) => Number.isSafeInteger(version) && version > 0));
      deepStrictEqual(await accepted(), [...bodies('a', '1', '2'), ...bodies('b', '3')]);
    }),
    rule('accepts a change of what is stored, under another version', async ({ store }) => {
      const [first = 0] = await stored(store, group('a', 0, 'one'));
      const [second = 0] = await stored(store, group('a', first, 'two'));
      notStrictEqual(second, first);
      await stored(store, group('a', second, 'three'));
    }),
    rule('refuses a change of what somebody has changed, with its entries, and tells what is stored', async (under) => {
      const { store, accepted } = under;
      const [version = 0] = await stored(store, group('a', 0, 'ünïcødé "🦜"\n', 'first'));
      for (const stale of [0, version + 1]) {
        const [outcome] = await store.commit([group('a', stale, 'late', 'late')]);
        deepStrictEqual(outcome, { kind: 'conflict', current: [{ version, state: 'ünïcødé "🦜"\n' }] });
      }
      deepStrictEqual(await accepted(), bodies('a', 'first'));
    }),
    rule('tells that nothing is stored', async ({ store }) => {
      const [outcome] = await store.commit([group('a', 7, 'late')]);
      deepStrictEqual(outcome, { kind: 'conflict', current: [{ version: 0, state: '' }] });
    }),
    rule('does each group for itself', async ({ store, accepted }) => {
      const outcomes = await store.commit([group('a', 5, 'late', '1'), group('b', 0, 'b', '2')]);
      deepStrictEqual(
        outcomes.map(({ kind }) => kind),
        ['conflict', 'stored'],
      );
      deepStrictEqual(await accepted(), bodies('b', '2'));
    }),
    rule('changes two visitors in one piece, with entries of both', async ({ store, accepted }) => {
      const [version = 0] = await stored(store, group('a', 0, 'one'));
      const entries = [entry('a', '1'), entry('b', '2')];
      const late = { changes: [change('a', version, 'two'), change('b', 3, 'x')], entries };
      const [outcome] = await store.commit([late]);
      deepStrictEqual(outcome, {
        kind: 'conflict',
        current: [
          { version, state: 'one' },
          { version: 0, state: '' },
        ],
      });
      strictEqual(
        (await stored(store, { changes: [change('a', version, ''), change('b', 0, 'x')], entries })).length,
        2,
      );
      deepStrictEqual((await accepted()).toSorted(), [...bodies('a', '1'), ...bodies('b', '2')].toSorted());
    }),
  ];
}
