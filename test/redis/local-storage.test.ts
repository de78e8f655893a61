import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.js';
import { JournalStorage } from '../../lib/journal/journal.js';
import type { Lease } from '../../lib/journal/lease.js';
import { MemoryStorage } from '../../lib/journal/memory.js';
import type { Entry } from '../../lib/protocol/entry.js';
import { LocalStorage } from '../../lib/redis/local-storage.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';
import { storageContract } from '../../lib/testing/storage-contract.js';
import { oldEntry } from '../outbox/harness.js';

const PLENTY = { entries: 1000, bytes: 1_000_000 };
const NAME = '0123456789abcdef';

describe('the journal of a process in a fleet', () => {
  let path: string;

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'cw-local-'));
  });
  afterEach(() => rm(path, { recursive: true, force: true }));

  const journal = (name = NAME) => new JournalStorage({ path, clock: systemClock, name });

  describe('while Redis is away', () => {
    const dead = new Set<string>();
    let last = '';
    const create = () => {
      dead.add(last);
      last = `s${String(dead.size).padStart(24, '0')}`;
      const ask: Lease['ask'] = async (_root, owner) => (dead.has(owner) ? 'dead' : 'alive');
      const lease: Lease = { owner: last, hold() {}, renew() {}, release() {}, ask };
      const name = String(dead.size).padStart(16, '0');
      const inner = new JournalStorage({ path, clock: systemClock, lease, name });
      return new LocalStorage(inner, systemClock, name, () => true, false);
    };
    // Bytes of requests are fixed by who sends them, so no seal is kept here.
    const rules = storageContract(() => ({ storage: create(), restart: create })).filter(
      ({ name }) => !/seal/.test(name),
    );
    it.each(rules.map(({ name, run }) => [name, run] as const))('%s', (_, run) => run());
  });

  it('writes nothing of what Redis has in time, and the rest in order', async () => {
    const clock = new ManualClock();
    const inner = new NotingStorage();
    const storage = new LocalStorage(inner, clock, NAME, () => false, false);
    storage.append(oldEntry(1));
    storage.append(oldEntry(2));
    storage.settle([oldEntry(1)], 'delivered');
    clock.advance(30);
    await storage.commit();
    expect(inner.appended).toEqual([]);
    storage.append(oldEntry(3));
    clock.advance(30);
    expect(inner.appended).toEqual([2]);
    storage.commitSync();
    expect(inner.appended).toEqual([2, 3]);
    storage.settle([oldEntry(2)], 'delivered');
    expect(inner.settled).toEqual([2]);
  });

  it('writes at once what comes while Redis takes nothing, and what it spared before', () => {
    let away = false;
    const inner = new NotingStorage();
    const storage = new LocalStorage(inner, new ManualClock(), NAME, () => away, false);
    storage.append(oldEntry(1));
    away = true;
    storage.append(oldEntry(2));
    expect(inner.appended).toEqual([1, 2]);
  });

  it('tells whose the entries are that another process has left, whoever had them between', async () => {
    const dead = journal();
    dead.open({ found: () => {}, lost: () => {}, warn: () => {} });
    dead.append(oldEntry(1));
    await dead.close();
    const between = journal('aaaaaaaaaaaaaaaa');
    between.open({ found: () => {}, lost: () => {}, warn: () => {} });
    expect((await between.recover(PLENTY)).entries).toHaveLength(1);
    await between.close();
    const heir = new LocalStorage(journal('bbbbbbbbbbbbbbbb'), systemClock, 'bbbbbbbbbbbbbbbb', () => true, false);
    heir.open({ found: () => {}, lost: () => {}, warn: () => {} });
    const [found] = (await heir.recover(PLENTY)).entries;
    expect(heir.producerOf(found as Entry)).toBe(NAME);
    expect(heir.producerOf(oldEntry(7))).toBe('bbbbbbbbbbbbbbbb');
    await heir.close();
    expect(await readdir(path)).toHaveLength(1);
  });
});

class NotingStorage extends MemoryStorage {
  readonly appended: number[] = [];
  readonly settled: number[] = [];
  override append(entry?: Entry): void {
    if (entry !== undefined) this.appended.push(entry.id);
  }
  override settle(entries: readonly Entry[] = []): void {
    this.settled.push(...entries.map(({ id }) => id));
  }
}
