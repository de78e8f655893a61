import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../lib/clock.js';
import { JournalStorage } from '../../lib/journal/journal.js';
import type { Lease } from '../../lib/journal/lease.js';
import type { Entry } from '../../lib/protocol/entry.js';
import { storageContract } from '../../lib/testing/storage-contract.js';
import { allOf, appendAll, event, events, Listener, numbersOf, range, START } from './support/entries.js';
import { simulated } from './support/simulated.js';

// For machines that are busy with other things.
vi.setConfig({ testTimeout: 60_000 });

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true, maxRetries: 10 }));

describe.each([
  { title: 'JournalStorage in groups', sync: false },
  { title: 'JournalStorage at every call', sync: true },
])('$title', ({ sync }) => {
  const subject = () => {
    const dead = new Set<string>();
    let last = '';
    const create = () => {
      dead.add(last);
      last = `s${String(dead.size).padStart(24, '0')}`;
      const ask: Lease['ask'] = async (_root, owner) => (dead.has(owner) ? 'dead' : 'alive');
      const lease: Lease = { owner: last, hold() {}, renew() {}, release() {}, ask };
      return new JournalStorage({ path: root, clock: systemClock, sync, lease });
    };
    return { storage: create(), restart: create };
  };
  for (const { name, run } of storageContract(subject)) it(name, run);
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('group commit', () => {
  it('touches nothing before something is to be written', async () => {
    const { disk, start, pass } = simulated();
    const { storage } = start();
    await pass(60_000);
    await storage.commit();
    expect(disk.below('/state')).toEqual([]);
  });

  it('writes once for all entries of 20 ms', async () => {
    const { clock, start } = simulated();
    const { storage, mount } = start();
    appendAll(storage, events(0, 100));
    clock.advance(19);
    expect(mount.writes).toBe(0);
    clock.advance(1);
    await storage.commit();
    expect(mount.writes).toBe(1);
  });

  it('writes once for entries, seals and settlements of one segment', async () => {
    const { clock, start } = simulated();
    const { storage, mount } = start();
    appendAll(storage, events(0, 10));
    await storage.commit();
    appendAll(storage, events(10, 10));
    storage.seal({ deviceId: '', path: '/i', head: 'head', entries: events(5, 10) });
    storage.settle(events(0, 5));
    clock.advance(20);
    await turn();
    await turn();
    expect(mount.writes).toBe(2);
  });

  it('writes a burst in parts that do not hold up the host, with turns of the event loop between them', async () => {
    const { start } = simulated();
    const { storage, mount } = start();
    appendAll(storage, events(0, 20_000));
    let turns = 0;
    let done = false;
    void storage.commit().then(() => {
      done = true;
    });
    for (; !done; turns++) await turn();
    // Small entries by number, large ones by size.
    expect(mount.writes).toBe(Math.ceil(20_000 / 512));
    expect(turns).toBeGreaterThanOrEqual(mount.writes - 1);
    const before = mount.writes;
    appendAll(storage, events(20_000, 1_000, { body: `"${'x'.repeat(2_000)}"` }));
    await storage.commit();
    const parts = mount.writes - before;
    expect(parts).toBeGreaterThan(2_000_000 / 80_000);
    expect(parts).toBeLessThan(2_000_000 / 50_000);
  });

  it('commits in a few turns while entries never stop coming, and what is said of older segments neither', async () => {
    const { start } = simulated({ segmentBytes: 2000 });
    const { storage } = start();
    appendAll(storage, events(0, 1000));
    await storage.commit();
    let turns = 0;
    const feed = (): void => {
      if (++turns > 300) return;
      appendAll(storage, events(1000 + turns * 10, 10));
      storage.settle(events(turns * 3, 3));
      setImmediate(feed);
    };
    setImmediate(feed);
    const waits: number[] = [];
    while (turns < 300) {
      await turn();
      const began = turns;
      await storage.commit();
      waits.push(turns - began);
    }
    expect(waits.length).toBeGreaterThan(30);
    expect(Math.max(...waits)).toBeLessThan(10);
  });

  it('writes in the background for half a minute when writes in a row have held up the host', async () => {
    const { clock, start, pass } = simulated();
    const { storage, mount } = start();
    const background = vi.spyOn(mount, 'write');
    const writeSync = mount.writeSync.bind(mount);
    const write = async (n: number): Promise<number> => {
      storage.append(event(n));
      await storage.commit();
      return background.mock.calls.length;
    };
    expect(await write(1)).toBe(0);
    mount.writeSync = (...args) => {
      clock.advance(30);
      return writeSync(...args);
    };
    expect(await write(2)).toBe(0);
    mount.writeSync = writeSync;
    // A single one may have lost its core.
    expect(await write(3)).toBe(0);
    mount.writeSync = (...args) => {
      clock.advance(30);
      return writeSync(...args);
    };
    expect([await write(4), await write(5)]).toEqual([0, 0]);
    mount.writeSync = writeSync;
    expect(await write(6)).toBe(1);
    await pass(29_000);
    expect(await write(7)).toBe(2);
    await pass(1_000);
    expect(await write(8)).toBe(2);
  });

  it('goes on with a burst without waiting for the next tick', async () => {
    const { clock, start, recover } = simulated();
    const { storage, kill } = start();
    appendAll(storage, events(0, 5_000));
    clock.advance(20);
    for (let i = 0; i < 40; i++) await turn();
    kill();
    expect(allOf(await recover()).length).toBeGreaterThan(4_000);
    await storage.close();
  });

  it('resolves a commit when all is written that was taken before it, and not sooner', async () => {
    const { start, recover } = simulated({ slowDisk: true });
    const { storage, mount, kill } = start();
    mount.hold = true;
    appendAll(storage, events(0, 3));
    storage.seal({ deviceId: '', path: '/i', head: 'head', entries: events(0, 2) });
    let done = false;
    const commit = storage.commit().then(() => {
      done = true;
    });
    for (let i = 0; i < 10; i++) await turn();
    expect(done).toBe(false);
    mount.hold = false;
    mount.release();
    await commit;
    kill();
    expect(await recover()).toMatchObject({ entries: [event(2)], sealed: [{ head: 'head' }] });
  });

  it('resolves commit at once when nothing waits', async () => {
    const { start } = simulated({ slowDisk: true });
    const { storage, mount } = start();
    await storage.commit();
    storage.append(event(1));
    await storage.commit();
    mount.hold = true;
    await storage.commit();
    expect(mount.writes).toBe(1);
  });

  it('writes before append and seal return with sync', async () => {
    const { start, recover } = simulated({ sync: true });
    const { storage, mount, kill } = start();
    appendAll(storage, events(1, 2));
    expect(mount.writes).toBe(2);
    storage.seal({ deviceId: '', path: '/i', head: 'head', entries: events(1, 2) });
    expect(mount.writes).toBe(3);
    kill();
    expect((await recover()).sealed).toHaveLength(1);
  });
});

describe('commitSync', () => {
  it.each([0, 1, 200, 100_000])(
    'is right while a background write is under way that gets %i bytes far',
    async (bytes) => {
      const { clock, start, recover } = simulated({ slowDisk: true });
      const { storage, mount, kill } = start();
      mount.hold = true;
      appendAll(storage, events(0, 50));
      clock.advance(20);
      appendAll(storage, events(50, 40));
      storage.commitSync();
      kill(bytes);
      expect(numbersOf(allOf(await recover()))).toEqual(range(0, 90));
    },
  );

  it('leaves a storage that goes on rightly', async () => {
    const { clock, start, recover } = simulated({ slowDisk: true });
    const { storage, mount, kill } = start();
    mount.hold = true;
    appendAll(storage, events(0, 50));
    clock.advance(20);
    storage.append(event(50));
    storage.commitSync();
    appendAll(storage, events(51, 49));
    // The late write of the first batch must neither be given the bytes of a later one nor undo it.
    storage.commitSync();
    mount.release();
    mount.hold = false;
    await storage.commit();
    storage.append(event(100));
    await storage.commit();
    kill();
    expect(numbersOf(allOf(await recover()))).toEqual(range(0, 101));
  });

  it('does not let a late background write hit the file that has its descriptor now', async () => {
    const { clock, start, recover } = simulated({ segmentBytes: 500, slowDisk: true });
    const { storage, mount, kill } = start();
    mount.hold = true;
    appendAll(storage, events(0, 20));
    clock.advance(20);
    storage.commitSync();
    appendAll(storage, events(20, 20));
    storage.commitSync();
    // The first file is deleted with the write under way; the next one would get its descriptor.
    storage.settle(events(0, 20));
    for (let n = 40; n < 80; n++) {
      storage.append(event(n));
      storage.commitSync();
    }
    mount.release();
    for (let i = 0; i < 5; i++) await turn();
    kill();
    expect(numbersOf(allOf(await recover()))).toEqual(range(20, 60));
  });
});

describe('segments', () => {
  it('are deleted when all in them is settled', async () => {
    const { disk, start } = simulated({ segmentBytes: 2_000 });
    const { storage } = start();
    for (let round = 0; round < 30; round++) {
      const entries = events(round * 20, 20);
      appendAll(storage, entries);
      await storage.commit();
      storage.settle(entries);
      await storage.commit();
    }
    expect(disk.segments().length).toBeLessThanOrEqual(2);
  });

  it('do not pile up behind an entry that waits for long, sealed or not', async () => {
    const { disk, start, recover } = simulated({ segmentBytes: 2_000 });
    const { storage, kill } = start();
    const seal = (head: string, entries: Entry[]) => storage.seal({ deviceId: '', path: '/i', head, entries });
    appendAll(storage, events(0, 2));
    seal('stuck', [event(1)]);
    let before: Entry[] = [];
    for (let round = 1; round < 60; round++) {
      const entries = events(round * 20, 20);
      appendAll(storage, entries);
      seal(`head ${round}`, entries);
      await storage.commit();
      // Settled late, when newer segments have been begun.
      storage.settle(before);
      before = entries;
    }
    await storage.commit();
    expect(disk.segments().length).toBeLessThanOrEqual(4);
    kill();
    const { sealed, entries } = await recover();
    expect(sealed.map(({ head }) => head)).toEqual(['stuck', 'head 59']);
    expect(numbersOf(entries)).toEqual([0]);
  });

  it('of delivered data do not lie around', async () => {
    const { disk, start } = simulated();
    const { storage } = start();
    appendAll(storage, events(0, 3_000));
    await storage.commit();
    storage.settle(events(0, 3_000));
    await storage.commit();
    expect(disk.segments()).toEqual([]);
  });

  it('never hold what was settled before it was written', async () => {
    const { disk, start } = simulated();
    const { storage } = start();
    appendAll(storage, events(0, 100));
    storage.settle(events(0, 100));
    await storage.commit();
    expect(storage.stats().bytesWritten).toBe(0);
    expect(disk.segments()).toEqual([]);
  });

  it('say that the last entries are settled, too: they are not sent again after a kill -9', async () => {
    const { start, recover } = simulated();
    const { storage, kill } = start();
    appendAll(storage, events(0, 5));
    await storage.commit();
    storage.settle(events(0, 5));
    await storage.commit();
    kill();
    expect(allOf(await recover())).toEqual([]);
  });

  it.each([
    { devices: 1, perRequest: 500 },
    { devices: 5_000, perRequest: 4 },
  ])(
    'cost at most 1.3 bytes a byte of JSON that is sent with $devices devices, settlements and seals included',
    async ({ devices, perRequest }) => {
      const { start } = simulated();
      const { storage } = start();
      let json = 0;
      const requests: Entry[][] = Array.from({ length: 20_000 / perRequest }, () => []);
      for (let n = 0; n < 20_000; n++) {
        const body = `{"key":"checkout","count":1,"sum":${n},"timestamp":${START + n},"hour":12,"dow":3,"segmentation":{"plan":"pro","currency":"EUR","amount":${n * 3}}}`;
        json += body.length;
        const request = devices === 1 ? Math.floor(n / perRequest) : n % devices;
        const deviceId = `3f2b8c1e-9d47-4a5b-8e2f-${String(n % devices).padStart(12, '0')}`;
        // As the outbox numbers them: by the clock in microseconds.
        const entry = event(0, { id: START * 1000 + n * 137, timestamp: START + n, deviceId, body });
        requests[request]?.push(entry);
        storage.append(entry);
      }
      await storage.commit();
      for (const [n, entries] of requests.entries()) {
        const deviceId = entries[0]?.deviceId as string;
        const head = `"device_id":"${deviceId}","t":0,"sdk_name":"javascript_node_weave","timestamp":${START + 15_000 + n},"hour":12,"dow":3,"tz":"60"`;
        json += head.length;
        storage.seal({ deviceId, path: '/i', head, entries });
      }
      await storage.commit();
      for (const [n, entries] of requests.entries()) {
        storage.settle(entries);
        if (n % 50 === 0) await storage.commit();
      }
      await storage.commit();
      const ratio = storage.stats().bytesWritten / json;
      expect(ratio).toBeGreaterThan(1);
      expect(ratio).toBeLessThan(1.3);
      await storage.close();
    },
  );
});

describe('the folder', () => {
  it('is readable by nobody else', async () => {
    const path = join(root, 'a', 'b');
    const storage = new JournalStorage({ path, clock: systemClock });
    storage.append(event(1));
    await storage.commit();
    const names = readdirSync(path, { recursive: true }) as string[];
    expect(names).toHaveLength(3);
    for (const name of ['', '..', ...names].filter((it) => !it.endsWith('.lease'))) {
      const stat = statSync(join(path, name));
      expect(stat.mode & 0o777).toBe(stat.isDirectory() ? 0o700 : 0o600);
    }
    await storage.close();
  });

  it('is gone after a close with nothing left', async () => {
    const storage = new JournalStorage({ path: root, clock: systemClock });
    storage.open(new Listener());
    storage.append(event(1));
    await storage.commit();
    expect(readdirSync(root)).toHaveLength(2);
    storage.settle([event(1)]);
    await storage.close();
    expect(readdirSync(root)).toEqual([]);
  });

  it('of an unsettled journal is given back at a close, and nothing else stays', async () => {
    const storage = new JournalStorage({ path: root, clock: systemClock });
    storage.append(event(1));
    await storage.close();
    expect(readdirSync(root)).toEqual([expect.stringMatching(/^j2\.free\./)]);
  });
});

it('close waits for what is being deleted: nothing of it comes back', async () => {
  const { start, recover } = simulated({ segmentBytes: 100 });
  const first = start();
  appendAll(first.storage, events(0, 10));
  await first.storage.close();
  const { storage, mount } = start();
  const adopted = allOf(await storage.recover({ entries: 100, bytes: 1e6 }));
  for (const n of [10, 20]) {
    appendAll(storage, events(n, 10));
    await storage.commit();
  }
  const remove = mount.remove.bind(mount);
  mount.remove = async (path) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    await remove(path);
  };
  storage.settle([...adopted, ...events(10, 10)]);
  await storage.close();
  expect(numbersOf(allOf(await recover()))).toEqual(range(20, 10));
});

it('no timer is left after close', async () => {
  const { clock, start, pass } = simulated();
  const first = start();
  first.storage.append(event(1));
  await first.storage.commit();
  await pass(0);
  first.kill();
  const before = clock.pendingTimers;
  const { storage } = start();
  await storage.recover({ entries: 10, bytes: 1000 });
  storage.append(event(2));
  await storage.commit();
  storage.append(event(3));
  await storage.close();
  expect(clock.pendingTimers).toBe(before);
});
