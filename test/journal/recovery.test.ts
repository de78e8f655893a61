import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../lib/clock.js';
import { JournalStorage } from '../../lib/journal/journal.js';
import type { Recovered } from '../../lib/journal/storage.js';
import type { Entry } from '../../lib/protocol/entry.js';
import { allOf, appendAll, event, events, Listener, numbersOf, PLENTY, range } from './support/entries.js';
import { FakeMachine } from './support/fake-lease.js';
import { type Started, simulated } from './support/simulated.js';

// For machines that are busy with other things.
vi.setConfig({ testTimeout: 60_000 });

const SCAN_MS = 30_000;
const STALE_MS = 300_000;
const WATCH_MS = 15_000;
const sealOf = (entries: Entry[], head = 'head') => ({ deviceId: '', path: '/i/bulk' as const, head, entries });
const numbers = (found: Recovered): number[] => numbersOf(allOf(found)).sort((a, b) => a - b);

/** Leaves entries behind, each call in a batch of its own. */
async function leave({ storage, kill }: Started, ...batches: Entry[][]): Promise<void> {
  for (const batch of batches) {
    appendAll(storage, batch);
    await storage.commit();
  }
  kill();
}

describe('what a dead process left', () => {
  it('is handed out again and again until it is settled', async () => {
    const { disk, start } = simulated();
    await leave(start(), events(0, 10));
    for (let round = 0; round < 5; round++) {
      const next = start();
      const found = allOf(await next.storage.recover(PLENTY));
      expect(numbersOf(found)).toEqual(range(round, 10 - round));
      next.storage.settle(found.slice(0, 1));
      await next.storage.commit();
      next.kill();
    }
    const last = start();
    last.storage.settle(allOf(await last.storage.recover(PLENTY)));
    await last.storage.close();
    expect(disk.below('/state')).toEqual([]);
  });

  it('is handed out once by the process that has it', async () => {
    const { start } = simulated();
    await leave(start(), events(0, 10));
    const { storage } = start();
    expect(numbers(await storage.recover(PLENTY))).toEqual(range(0, 10));
    expect(allOf(await storage.recover(PLENTY))).toEqual([]);
  });

  it('is handed out once also when it is asked for twice at the same time, and while it is closed', async () => {
    const { start } = simulated();
    await leave(start(), events(0, 10));
    const { storage, listener } = start();
    const found = await Promise.all([storage.recover({ entries: 6, bytes: 1e6 }), storage.recover(PLENTY)]);
    expect(found.map(numbers)).toEqual([range(0, 6), range(6, 4)]);
    await storage.close();
    const next = start();
    const [late] = await Promise.all([next.storage.recover(PLENTY), next.storage.close()]);
    expect(allOf(late)).toEqual([]);
    expect([...listener.warnings, ...next.listener.warnings]).toEqual([]);
    expect(numbers(await start().storage.recover(PLENTY))).toEqual(range(0, 10));
  });

  it('keeps every field', async () => {
    const { start } = simulated();
    const entry = event(7, {
      deviceId: 'a"b\u2028🦜',
      idType: 1,
      kind: 'request',
      feature: 'crashes',
      tz: -240,
      weight: 9,
      body: '"crash":{"_error":"tab\\t"}',
    });
    await leave(start(), [entry]);
    const [found] = allOf(await start().storage.recover(PLENTY));
    const { origin: _origin, ...rest } = found as Entry;
    expect(rest).toEqual(entry);
  });

  it('comes in the order of acceptance, whichever of several processes accepted it', async () => {
    const { start } = simulated();
    await leave(start(), events(0, 3), events(20, 3));
    await leave(start(), events(10, 3));
    const { entries } = await start().storage.recover(PLENTY);
    expect(numbersOf(entries)).toEqual([0, 1, 2, 10, 11, 12, 20, 21, 22]);
  });

  it('is not touched while its process lives', async () => {
    const { start, pass } = simulated();
    const first = start();
    first.storage.append(event(1));
    await first.storage.commit();
    const second = start();
    await pass(5 * SCAN_MS);
    expect([second.listener.finds, allOf(await second.storage.recover(PLENTY))]).toEqual([0, []]);
  });

  it('is found by a process that runs, which is told', async () => {
    const { start, pass } = simulated();
    const first = start();
    const second = start();
    expect(allOf(await second.storage.recover(PLENTY))).toEqual([]);
    await leave(first, [event(1)]);
    await pass(SCAN_MS);
    expect(second.listener.finds).toBe(1);
    expect(numbers(await second.storage.recover(PLENTY))).toEqual([1]);
  });

  it('is there at once when the process was closed', async () => {
    const { start } = simulated();
    const first = start();
    first.storage.append(event(1));
    await first.storage.close();
    expect(numbers(await start().storage.recover(PLENTY))).toEqual([1]);
  });

  it('goes to one of many', async () => {
    const { start } = simulated();
    for (let n = 0; n < 5; n++) await leave(start(), events(n * 3, 3));
    const heirs = range(0, 4).map(() => start());
    const found = await Promise.all(heirs.map(({ storage }) => storage.recover(PLENTY)));
    expect(found.flatMap(numbers).sort((a, b) => a - b)).toEqual(range(0, 15));
  });
});

describe('a sealed request', () => {
  it('keeps its bytes through several lives', async () => {
    const { start } = simulated();
    const first = start();
    appendAll(first.storage, events(0, 3));
    first.storage.seal(sealOf(events(0, 2)));
    await leave(first, [event(3)]);
    for (let round = 0; round < 3; round++) {
      const next = start();
      const { sealed, entries } = await next.storage.recover(PLENTY);
      expect(sealed).toMatchObject([{ deviceId: 'device-0', path: '/i/bulk', head: 'head', entries: events(0, 2) }]);
      expect(numbersOf(entries)).toEqual([2, 3]);
      await next.storage.commit();
      next.kill();
    }
  });

  it('may be made of what was recovered', async () => {
    const { start } = simulated();
    await leave(start(), events(0, 3));
    const second = start();
    const { entries } = await second.storage.recover(PLENTY);
    second.storage.seal(sealOf(entries.slice(0, 2)));
    await second.storage.commit();
    second.kill();
    const found = await start().storage.recover(PLENTY);
    expect(found.sealed).toMatchObject([{ head: 'head', entries: events(0, 2) }]);
    expect(numbersOf(found.entries)).toEqual([2]);
  });

  it('is whole when its entries stand in two segments, also when these are read one after the other', async () => {
    const { start } = simulated({ segmentBytes: 100 });
    const first = start();
    appendAll(first.storage, events(0, 5));
    await first.storage.commit();
    appendAll(first.storage, events(5, 5));
    first.storage.seal(sealOf(events(3, 4)));
    await first.storage.commit();
    first.kill();
    const { storage } = start();
    const some = await storage.recover({ entries: 3, bytes: 1e6 });
    expect([numbersOf(some.entries), some.sealed]).toEqual([[0, 1, 2], []]);
    expect(some.nextId).toBeLessThanOrEqual(event(3).id);
    const rest = await storage.recover(PLENTY);
    expect(rest.sealed.map((it) => numbersOf(it.entries))).toEqual([[3, 4, 5, 6]]);
    expect(numbersOf(rest.entries)).toEqual([7, 8, 9]);
    expect(rest.nextId).toBeUndefined();
  });

  it('that has lost entries cannot be repeated: the rest is as good as unsealed', async () => {
    const { start } = simulated();
    const first = start();
    appendAll(first.storage, events(0, 3));
    first.storage.seal(sealOf(events(0, 3)));
    await first.storage.commit();
    first.storage.settle([event(1)]);
    await first.storage.commit();
    first.kill();
    expect(await start().storage.recover(PLENTY)).toMatchObject({ entries: [event(0), event(2)], sealed: [] });
  });
});

describe('room', () => {
  it('bounds what ten dead processes left: the rest stays on the disk until there is room again', async () => {
    const { start } = simulated({ segmentBytes: 5_000 });
    for (let n = 0; n < 10; n++) await leave(start(), events(n * 1_000, 500), events(n * 1_000 + 500, 500));
    const { storage, mount } = start();
    let bytesRead = 0;
    const read = mount.read.bind(mount);
    mount.read = async (path) => {
      const bytes = await read(path);
      bytesRead += bytes.length;
      return bytes;
    };
    const seen: number[] = [];
    for (let round = 0; ; round++) {
      const found = await storage.recover({ entries: 700, bytes: 1e9 });
      const all = allOf(found);
      expect(all.length).toBeLessThanOrEqual(700);
      seen.push(...numbersOf(all));
      if (round === 0) expect(bytesRead).toBeLessThan(100_000);
      if (found.nextId === undefined) break;
      expect(all.length).toBeGreaterThan(0);
      storage.settle(all);
    }
    expect(seen.sort((a, b) => a - b)).toEqual(range(0, 10_000));
  });

  it('is counted in characters, too, and nothing is read that there is no room for', async () => {
    const { start } = simulated();
    for (let n = 0; n < 5; n++) {
      await leave(start(), events(n * 10, 10, { body: `{"n":1,"text":"${'x'.repeat(1_000)}"}` }));
    }
    const { storage, mount } = start();
    const reads = vi.spyOn(mount, 'read');
    const found = await storage.recover({ entries: 100, bytes: 3_500 });
    expect(found.entries).toHaveLength(3);
    expect(found.nextId).toBeLessThanOrEqual(event(3).id);
    expect(reads).toHaveBeenCalledTimes(1);
  });

  it('takes at least one entry, however large, and none when there is none', async () => {
    const { start } = simulated();
    await leave(start(), events(0, 3, { body: `{"text":"${'x'.repeat(10_000)}"}` }));
    const { storage } = start();
    expect(allOf(await storage.recover({ entries: 0, bytes: 0 }))).toEqual([]);
    expect((await storage.recover({ entries: 1, bytes: 10 })).entries).toHaveLength(1);
  });

  it('that was not enough loses nothing when the process dies', async () => {
    const { start } = simulated({ segmentBytes: 500 });
    await leave(start(), events(0, 20), events(20, 20), events(40, 20));
    const second = start();
    const found = await second.storage.recover({ entries: 30, bytes: 1e6 });
    second.storage.settle(allOf(found));
    await second.storage.commit();
    second.kill();
    expect(numbers(await start().storage.recover(PLENTY))).toEqual(range(30, 30));
  });

  it('that was not enough loses nothing at a close', async () => {
    const { start } = simulated({ segmentBytes: 500 });
    await leave(start(), events(0, 20), events(20, 20), events(40, 20));
    const second = start();
    second.storage.settle(allOf(await second.storage.recover({ entries: 30, bytes: 1e6 })));
    await second.storage.close();
    expect(numbers(await start().storage.recover(PLENTY))).toEqual(range(30, 30));
  });
});

describe('an owner that cannot be asked', () => {
  const other = () => new FakeMachine('bbbbbbbb');

  it('lives as long as its lease is renewed', async () => {
    const { start, pass } = simulated();
    const first = start({ machine: other() });
    first.storage.append(event(1));
    await first.storage.commit();
    const second = start();
    await pass(3 * STALE_MS);
    expect(second.listener.finds).toBe(0);
  });

  it('is dead when its lease was not for five minutes, and is watched before that is believed', async () => {
    const { start, pass } = simulated();
    await leave(start({ machine: other() }), [event(1)]);
    const second = start();
    await pass(STALE_MS - SCAN_MS);
    expect(second.listener.finds).toBe(0);
    await pass(2 * SCAN_MS + WATCH_MS);
    expect(second.listener.finds).toBe(1);
    expect(numbers(await second.storage.recover(PLENTY))).toEqual([1]);
  });

  it('is watched for fifteen seconds also by one that starts long after', async () => {
    const { start, pass, clock } = simulated();
    await leave(start({ machine: other() }), [event(1)]);
    clock.advance(10 * STALE_MS);
    const second = start();
    expect(allOf(await second.storage.recover(PLENTY))).toEqual([]);
    await pass(WATCH_MS - 1_000);
    expect(second.listener.finds).toBe(0);
    await pass(2_000);
    expect(numbers(await second.storage.recover(PLENTY))).toEqual([1]);
  });

  it('gets the time to renew it when the machine slept', async () => {
    const { start, pass, clock } = simulated();
    const first = start({ machine: other() });
    first.storage.append(event(1));
    await first.storage.commit();
    clock.setNow(clock.now() + 3_600_000);
    const second = start();
    await pass(2 * STALE_MS);
    expect(second.listener.finds).toBe(0);
    expect(first.listener.warnings).toEqual([]);
  });

  it('goes on in a new folder when it was taken for dead', async () => {
    const { start, pass, disk } = simulated();
    const first = start({ machine: other() });
    first.listener.again = () => first.storage.append(event(1));
    first.storage.append(event(1));
    await first.storage.commit();
    const renew = first.mount.renew.bind(first.mount);
    first.mount.renew = () => {};
    const second = start();
    await pass(STALE_MS + 2 * SCAN_MS + WATCH_MS);
    expect(numbers(await second.storage.recover(PLENTY))).toEqual([1]);
    first.mount.renew = renew;
    await pass(10_000);
    first.storage.append(event(2));
    await first.storage.commit();
    expect(first.storage.stats().degraded).toBeUndefined();
    expect(disk.segments().length).toBeGreaterThan(1);
  });
});

describe('a folder is used only when it is ours and nobody else can write to it', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'journal-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true, maxRetries: 10 }));

  async function plant(): Promise<string> {
    const storage = new JournalStorage({ path: root, clock: systemClock });
    storage.append(event(1));
    await storage.close();
    return join(root, readdirSync(root)[0] as string);
  }

  async function find(path = root): Promise<{ found: Recovered; warnings: string[] }> {
    const storage = new JournalStorage({ path, clock: systemClock });
    const listener = new Listener();
    storage.open(listener);
    const found = await storage.recover(PLENTY);
    await storage.close();
    return { found, warnings: listener.warnings };
  }

  it('which is so after a close', async () => {
    await plant();
    expect(numbers((await find()).found)).toEqual([1]);
  });

  it.runIf(process.platform !== 'win32').each([0o770, 0o707, 0o777])('not when others may write (%o)', async (mode) => {
    const path = await plant();
    chmodSync(path, mode);
    const { found, warnings } = await find();
    expect(allOf(found)).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/is not used: it belongs to another user, or others may write/)]);
    expect(readdirSync(path)).toHaveLength(1);
  });

  it('not when it is a link, wherever that leads', async () => {
    const path = await plant();
    const elsewhere = join(root, 'elsewhere');
    mkdirSync(elsewhere, { mode: 0o700 });
    symlinkSync(path, join(elsewhere, 'j2.free.abc'));
    symlinkSync('.', join(elsewhere, 'j2.free.self'));
    const { found } = await find(elsewhere);
    expect(allOf(found)).toEqual([]);
    expect(readdirSync(path)).toHaveLength(1);
  });

  it('not when it is a file', async () => {
    writeFileSync(join(root, 'j2.free.abc'), 'text');
    expect(allOf((await find()).found)).toEqual([]);
    expect(readdirSync(root)).toEqual(['j2.free.abc']);
  });

  it('not when it belongs to somebody else', async () => {
    const { disk, start } = simulated();
    await leave(start(), [event(1)]);
    for (const path of disk.folders.keys()) if (path.includes('j2.')) disk.foreign.add(path);
    const second = start();
    expect(allOf(await second.storage.recover(PLENTY))).toEqual([]);
    expect(second.listener.warnings).toHaveLength(1);
    expect(disk.segments()).toHaveLength(1);
  });
});
