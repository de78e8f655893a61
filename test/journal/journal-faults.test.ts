import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../lib/clock.js';
import { JournalStorage } from '../../lib/journal/journal.js';
import type { Entry } from '../../lib/protocol/entry.js';
import { allOf, appendAll, event, events, Listener, numbersOf, PLENTY, range } from './support/entries.js';
import { simulated } from './support/simulated.js';

// For machines that are busy with other things.
vi.setConfig({ testTimeout: 60_000 });

const RENEW_MS = 10_000;
const RETRY_MS = 30_000;
const sealOf = (entries: Entry[], head = 'head') => ({ deviceId: '', path: '/i' as const, head, entries });
const sorted = (entries: readonly Entry[]): number[] => numbersOf(entries).sort((a, b) => a - b);

describe.each(['EACCES', 'EROFS', 'ENOSPC', 'EIO'])('a disk that answers %s', (code) => {
  it.each([false, true])('is told once, and used again when it works (sync: %s)', async (sync) => {
    const { disk, start, pass } = simulated({ sync });
    const { storage, listener, kill } = start();
    appendAll(storage, events(1, 2));
    await storage.commit();
    disk.broken = code;
    appendAll(storage, events(3, 3_000));
    storage.seal(sealOf(events(3, 2)));
    await storage.commit();
    storage.commitSync();
    expect(storage.stats().degraded).toContain(code);
    expect(listener.warnings).toEqual([
      expect.stringMatching(new RegExp(`cannot write to /state.*${code}.*kept in memory.*storagePath`)),
    ]);
    // Delivered while the disk does not work: gone from memory, never written.
    storage.settle([event(1), ...events(13, 2_990)]);
    await pass(10_000);
    disk.broken = undefined;
    await pass(RETRY_MS);
    await storage.commit();
    expect(storage.stats().degraded).toBeUndefined();
    storage.append(event(9_000));
    await storage.commit();
    kill();

    const next = start();
    const found = await next.storage.recover(PLENTY);
    expect(found.sealed).toMatchObject([{ head: 'head', entries: events(3, 2) }]);
    expect(sorted(allOf(found))).toEqual([...range(2, 11), 9_000]);
    expect([...listener.warnings, ...next.listener.warnings]).toHaveLength(1);
  });
});

describe('a full disk', () => {
  it('that took half a batch keeps all before and after it', async () => {
    const { disk, start, pass } = simulated();
    const { storage, kill } = start();
    appendAll(storage, events(0, 50));
    await storage.commit();
    disk.free = 777;
    appendAll(storage, events(50, 50));
    await storage.commit();
    expect(storage.stats().degraded).toContain('ENOSPC');
    disk.free = 1e9;
    await pass(RETRY_MS);
    appendAll(storage, events(100, 50));
    await storage.commit();
    kill();
    const next = start();
    expect(numbersOf(allOf(await next.storage.recover(PLENTY)))).toEqual(range(0, 150));
    expect(next.listener.warnings).toEqual([]);
  });

  it('does not stop the journal when what it could not take was delivered meanwhile', async () => {
    const { disk, start, pass } = simulated();
    const { storage, kill } = start();
    disk.free = 100;
    appendAll(storage, events(0, 50));
    await storage.commit();
    storage.settle(events(0, 50));
    disk.free = 1e9;
    await pass(RETRY_MS);
    storage.append(event(100));
    await storage.commit();
    expect(storage.stats().degraded).toBeUndefined();
    kill();
    expect(numbersOf(allOf(await start().storage.recover(PLENTY)))).toEqual([100]);
  });

  it('does not stop the journal when the segment it could not write to was deleted meanwhile', async () => {
    const { disk, start, pass } = simulated({ segmentBytes: 100 });
    const { storage, kill } = start();
    for (const n of [0, 10]) {
      appendAll(storage, events(n, 10));
      await storage.commit();
    }
    disk.free = 0;
    storage.settle(events(0, 5));
    await storage.commit();
    expect(storage.stats().degraded).toContain('ENOSPC');
    storage.settle(events(5, 5));
    expect(disk.segments()).toHaveLength(1);
    disk.free = 1e9;
    storage.append(event(100));
    await pass(RETRY_MS);
    expect(storage.stats().degraded).toBeUndefined();
    kill();
    expect(numbersOf(allOf(await start().storage.recover(PLENTY)))).toEqual([...range(10, 10), 100]);
  });

  it('does not let settled entries pile up in memory', async () => {
    const { disk, start } = simulated();
    const { storage } = start();
    disk.free = 0;
    storage.append(event(0));
    await storage.commit();
    const body = 'x'.repeat(10_000);
    const before = process.memoryUsage().heapUsed;
    for (let n = 1; n < 50_000; n++) {
      const entry = event(n, { body: body + n });
      storage.append(entry);
      storage.settle([entry]);
    }
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100e6);
  });

  it('at a close: what is settled is deleted, and nothing is sent twice after a restart', async () => {
    const { disk, start } = simulated({ segmentBytes: 2_000 });
    const { storage } = start();
    for (let n = 0; n < 300; n += 20) {
      appendAll(storage, events(n, 20));
      await storage.commit();
    }
    disk.free = 0;
    storage.append(event(300));
    await storage.commit();
    storage.settle(events(0, 301));
    await storage.close();
    expect(disk.segments()).toEqual([]);
    expect(allOf(await start().storage.recover(PLENTY))).toEqual([]);
  });

  it('at a close: the room that settled segments leave takes what is not settled', async () => {
    const { disk, start } = simulated({ segmentBytes: 2_000 });
    const { storage } = start();
    for (let n = 0; n < 300; n += 20) {
      appendAll(storage, events(n, 20));
      await storage.commit();
    }
    const used = disk.segments().length;
    disk.free = 0;
    storage.append(event(300));
    await storage.commit();
    storage.settle(events(0, 299));
    expect(disk.segments().length).toBeLessThan(used);
    disk.free = 1e6;
    await storage.close();
    expect(sorted(allOf(await start().storage.recover(PLENTY)))).toEqual([299, 300]);
  });
});

describe('a full disk at a close, with a segment of which only a part is settled', () => {
  it.each([200, 400, 2_000])(
    '%d bytes are enough: what was delivered is not sent again, the rest is kept',
    async (free) => {
      const { disk, start } = simulated();
      const { storage } = start();
      appendAll(storage, events(0, 2_000));
      await storage.commit();
      disk.free = 0;
      appendAll(storage, events(3_000, 500));
      await storage.commit();
      storage.settle(events(0, 1_990));
      disk.free = free;
      await storage.close();
      const next = start();
      const left = sorted(allOf(await next.storage.recover(PLENTY)));
      expect(left.slice(0, 10)).toEqual(range(1_990, 10));
      expect(left.every((n) => n >= 1_990)).toBe(true);
      expect(next.listener.warnings).toEqual([]);
    },
  );

  it('that has room again keeps all of it', async () => {
    const { disk, start } = simulated();
    const { storage } = start();
    appendAll(storage, events(0, 100));
    await storage.commit();
    disk.free = 10;
    appendAll(storage, events(200, 100));
    await storage.commit();
    storage.settle(events(0, 50));
    disk.free = 1e6;
    await storage.close();
    expect(sorted(allOf(await start().storage.recover(PLENTY)))).toEqual([...range(50, 50), ...range(200, 100)]);
  });
});

/** A process whose listener stores everything again that waits, as the outbox does. */
function withOutbox(options: { sync?: boolean; slowDisk?: boolean } = {}) {
  const world = simulated(options);
  const started = world.start();
  const { storage, listener } = started;
  const waiting: Entry[] = [];
  const seals: ReturnType<typeof sealOf>[] = [];
  listener.again = () => {
    appendAll(storage, waiting);
    for (const seal of seals) storage.seal(seal);
  };
  const add = (...entries: Entry[]): void => {
    waiting.push(...entries);
    appendAll(storage, entries);
  };
  const seal = (request: ReturnType<typeof sealOf>): void => {
    seals.push(request);
    storage.seal(request);
  };
  return { ...world, ...started, add, seal };
}

describe.each([
  ['the folder of all journals', () => '/state'],
  ['its own folder', (paths: string[]) => paths.find((it) => /\/j2\.[^/]*$/.test(it))],
  ['a segment', (paths: string[]) => paths.find((it) => it.endsWith('.seg'))],
  ['the file of its lease', (paths: string[]) => paths.find((it) => it.endsWith('.lease'))],
])('%s is deleted while it is used', (_, choose) => {
  it('which is noticed within ten seconds, told once, and mended by what is appended again', async () => {
    const { disk, start, pass, add, seal, storage, listener, mount, kill } = withOutbox();
    add(...events(0, 10));
    seal(sealOf(events(0, 3)));
    await storage.commit();
    await mount.remove(choose(disk.below('/state')) as string);
    await pass(RENEW_MS);
    expect(listener.losses).toBe(1);
    expect(listener.warnings).toEqual([expect.stringMatching(/\/state disappeared.*storagePath/)]);
    add(event(20));
    await storage.commit();
    await pass(3 * RENEW_MS);
    expect([listener.losses, listener.warnings.length]).toEqual([1, 1]);
    expect(storage.stats().degraded).toBeUndefined();
    kill();
    const next = start();
    const found = await next.storage.recover(PLENTY);
    expect(found.sealed).toMatchObject([{ head: 'head', entries: events(0, 3) }]);
    expect(numbersOf(found.entries)).toEqual([...range(3, 7), 20]);
    expect(next.listener.warnings).toEqual([]);
  });
});

describe('a folder that is deleted a moment before the end', () => {
  it.each(['/state', 'its own folder', 'a segment'])(
    'is written anew when the process exits or closes: %s',
    async (what) => {
      for (const end of ['commitSync', 'close'] as const) {
        const { disk, start, add, seal, storage, listener, mount, kill } = withOutbox();
        add(...events(0, 10));
        seal(sealOf(events(0, 3)));
        await storage.commit();
        const paths = disk.below('/state');
        const own = paths.find((it) => (what === 'a segment' ? it.endsWith('.seg') : /\/j2\.[^/]*$/.test(it)));
        await mount.remove(what === '/state' ? what : (own as string));
        await storage[end]();
        expect(listener.losses).toBe(1);
        kill();
        const found = await start().storage.recover(PLENTY);
        expect(found.sealed).toMatchObject([{ head: 'head', entries: events(0, 3) }]);
        expect(numbersOf(found.entries)).toEqual(range(3, 7));
      }
    },
  );

  it('is left alone when all in it was settled', async () => {
    const { disk, add, storage, listener, mount } = withOutbox();
    add(event(1));
    await storage.commit();
    storage.settle([event(1)]);
    await mount.remove(disk.segments()[0] as string);
    storage.commitSync();
    expect(listener.losses).toBe(0);
  });
});

describe('a folder that is deleted while it is used', () => {
  it('is replaced at once when a new segment is due', async () => {
    const { start, add, storage, listener, mount, kill } = withOutbox();
    appendAll(storage, events(0, 3_000));
    await storage.commit();
    storage.settle(events(0, 3_000));
    await storage.commit();
    await mount.remove('/state');
    add(event(5_000));
    await storage.commit();
    expect(listener.losses).toBe(1);
    kill();
    expect(numbersOf(allOf(await start().storage.recover(PLENTY)))).toEqual([5_000]);
  });

  it('is replaced with all that waited, also when every call is written', async () => {
    const { start, add, storage, listener, mount, kill } = withOutbox({ sync: true });
    appendAll(storage, events(0, 3_000));
    storage.settle(events(0, 3_000));
    await storage.commit();
    await mount.remove('/state');
    add(event(3_000));
    add(event(3_001));
    expect(listener.losses).toBe(1);
    kill();
    expect(numbersOf(allOf(await start().storage.recover(PLENTY)))).toEqual([3_000, 3_001]);
  });

  it('is not written to by a batch that failed before', async () => {
    const { disk, start, pass, add, storage, mount, kill } = withOutbox();
    add(event(1));
    await storage.commit();
    disk.free = 0;
    add(event(2));
    await storage.commit();
    expect(storage.stats().degraded).toContain('ENOSPC');
    disk.free = 1e9;
    await mount.remove('/state');
    await pass(RENEW_MS);
    for (let n = 3; n < 6; n++) {
      add(event(n));
      await pass(RETRY_MS);
    }
    await storage.commit();
    expect(storage.stats().degraded).toBeUndefined();
    kill();
    const next = start();
    expect(numbersOf(allOf(await next.storage.recover(PLENTY)))).toEqual(range(1, 5));
    expect(next.listener.warnings).toEqual([]);
  });

  it('leaves nobody waiting for a commit', async () => {
    const { pass, add, storage, mount } = withOutbox({ slowDisk: true });
    add(event(1));
    await storage.commit();
    mount.hold = true;
    add(event(2));
    const commit = storage.commit();
    await mount.remove('/state');
    await pass(RENEW_MS);
    mount.hold = false;
    mount.release();
    await commit;
    await storage.commit();
    await storage.close();
  });

  it('held what was recovered: also that is kept', async () => {
    const { start, pass } = simulated();
    const first = start();
    appendAll(first.storage, events(0, 5));
    await first.storage.commit();
    first.kill();
    const second = start();
    const { entries } = await second.storage.recover(PLENTY);
    second.listener.again = () => appendAll(second.storage, entries);
    await second.mount.remove('/state');
    await pass(RENEW_MS);
    await second.storage.commit();
    second.kill();
    expect(numbersOf(allOf(await start().storage.recover(PLENTY)))).toEqual(range(0, 5));
  });
});

describe('a damaged journal', () => {
  it('gives what can be read, and says how much cannot', async () => {
    const { disk, start } = simulated();
    const first = start();
    for (let batch = 0; batch < 10; batch++) {
      appendAll(first.storage, events(batch * 10, 10));
      await first.storage.commit();
    }
    first.kill();
    const file = disk.files.get(disk.segments()[0] as string);
    file?.bytes.write('#', file.bytes.indexOf('"n":42'));
    const { storage, listener } = start();
    expect(numbersOf(allOf(await storage.recover(PLENTY)))).toEqual([...range(0, 40), ...range(50, 50)]);
    expect(listener.warnings).toEqual([expect.stringMatching(/^1 damaged batch.*\/state/)]);
    await storage.close();
  });

  it('that cannot be read is told, and left for a person to look at', async () => {
    const { disk, start } = simulated({ segmentBytes: 100 });
    const first = start();
    for (let batch = 0; batch < 3; batch++) {
      appendAll(first.storage, events(batch * 10, 10));
      await first.storage.commit();
    }
    first.kill();
    const { storage, listener, mount } = start({ open: false });
    const read = mount.read.bind(mount);
    mount.read = (path) =>
      path.endsWith('000002.seg')
        ? Promise.reject(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' }))
        : read(path);
    storage.open(listener);
    const found = await storage.recover(PLENTY);
    expect(numbersOf(allOf(found))).toEqual([...range(0, 10), ...range(20, 10)]);
    expect(found.nextId).toBeUndefined();
    expect(listener.warnings).toEqual([expect.stringMatching(/could not be read \(000002\.seg: EIO.*left there/)]);
    storage.settle(allOf(found));
    await storage.close();
    expect(disk.segments()).toEqual([expect.stringMatching(/000002\.seg$/)]);
  });

  it('is read later when there were too many open files', async () => {
    const { start } = simulated();
    const first = start();
    first.storage.append(event(1));
    await first.storage.commit();
    first.kill();
    const { storage, listener, mount } = start();
    const { read } = mount;
    mount.read = () => Promise.reject(Object.assign(new Error('too many open files'), { code: 'EMFILE' }));
    const nothing = await storage.recover(PLENTY);
    expect(allOf(nothing)).toEqual([]);
    // There is more to come.
    expect(nothing.nextId).toBe(0);
    mount.read = read;
    expect(numbersOf(allOf(await storage.recover(PLENTY)))).toEqual([1]);
    expect(listener.warnings).toEqual([]);
  });
});

it('a listener that throws is told, and stops nothing', async () => {
  const { start, pass } = simulated();
  const first = start();
  const second = start({ open: false });
  const warnings: string[] = [];
  second.storage.open({
    found() {
      throw new Error('no');
    },
    lost() {},
    warn: (message) => warnings.push(message),
  });
  await pass(0);
  first.storage.append(event(1));
  await first.storage.commit();
  first.kill();
  await pass(30_000);
  expect(warnings).toEqual([expect.stringContaining('no')]);
  expect(allOf(await second.storage.recover(PLENTY))).toHaveLength(1);
});

describe('the real disk', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'journal-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true, maxRetries: 10 }));

  it('cannot make a folder below a file: one warning, and the host goes on', async () => {
    writeFileSync(join(root, 'file'), '');
    const path = join(root, 'file', 'state');
    const storage = new JournalStorage({ path, clock: systemClock });
    const listener = new Listener();
    storage.open(listener);
    appendAll(storage, events(0, 10));
    await storage.commit();
    storage.commitSync();
    expect(listener.warnings).toEqual([expect.stringMatching(/ENOTDIR|EEXIST/)]);
    expect(listener.warnings[0]).toContain(path);
    await storage.close();
  });

  it('is warned of also when nobody listened yet', async () => {
    writeFileSync(join(root, 'file'), '');
    const storage = new JournalStorage({ path: join(root, 'file'), clock: systemClock });
    storage.append(event(1));
    storage.commitSync();
    const listener = new Listener();
    storage.open(listener);
    expect(listener.warnings).toHaveLength(1);
    await storage.close();
  });

  it('may lose the folder: nothing is thrown, and close still works', async () => {
    const storage = new JournalStorage({ path: root, clock: systemClock });
    storage.open(new Listener());
    storage.append(event(1));
    await storage.commit();
    rmSync(root, { recursive: true });
    storage.append(event(2));
    await storage.commit();
    storage.commitSync();
    await storage.close();
    expect(() => readdirSync(root)).toThrow();
  });
});
