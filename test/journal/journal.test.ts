import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../lib/clock.js';
import { JournalStorage } from '../../lib/journal/journal.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';
import { storageContract } from '../../lib/testing/storage-contract.js';
import { event, Listener, START } from './support/drafts.js';
import { FakeMachine } from './support/fake-machine.js';
import { SimulatedDisk } from './support/simulated-disk.js';

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
    const machine = new FakeMachine();
    let process = machine.start();
    const create = () => new JournalStorage({ path: root, clock: systemClock, sync, processes: process });
    return {
      storage: create(),
      restart: () => {
        machine.kill(process);
        process = machine.start();
        return create();
      },
    };
  };
  for (const { name, run } of storageContract(subject)) it(name, run);
});

/** A storage of one process on a simulated disk. */
function simulated(options: { segmentBytes?: number; sync?: boolean; slowDisk?: boolean } = {}) {
  const disk = new SimulatedDisk();
  const clock = new ManualClock(START);
  const machine = new FakeMachine();
  const start = () => {
    const processes = machine.start();
    const mount = disk.mount(() => clock.now());
    const storage = new JournalStorage({ path: '/state', clock, fs: mount, processes, ...options });
    const kill = (bytes = 0) => {
      mount.crash(bytes);
      machine.kill(processes);
    };
    return { storage, mount, kill };
  };
  const recover = async (): Promise<Listener> => {
    const listener = new Listener();
    await start().storage.open(listener);
    return listener;
  };
  return { disk, clock, start, recover };
}

const bodies = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, n) => event(from + n).body);

describe('group commit', () => {
  it('touches nothing before something is to be written', async () => {
    const { disk, start } = simulated();
    const { storage } = start();
    await storage.open(new Listener());
    expect(disk.below('/state')).toEqual([]);
  });

  it('writes once for all entries of 20 ms', async () => {
    const { clock, start } = simulated();
    const { storage, mount } = start();
    for (let n = 0; n < 100; n++) storage.append(event(n));
    clock.advance(19);
    expect(mount.writes).toBe(0);
    clock.advance(1);
    await storage.commit();
    expect(mount.writes).toBe(1);
  });

  it('writes after the turn of the host in which the first entry has waited for half of that', async () => {
    const { start } = simulated();
    const { storage, mount } = start();
    for (const n of [0, 3, 9]) storage.append(event(n));
    await new Promise((resolve) => setImmediate(resolve));
    expect(mount.writes).toBe(0);
    storage.append(event(10));
    expect(mount.writes).toBe(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(mount.writes).toBe(1);
  });

  it('writes a burst in parts that do not hold up the host, without waiting in between', async () => {
    const { clock, start } = simulated();
    const { storage, mount } = start();
    for (let n = 0; n < 20_000; n++) storage.append(event(n));
    clock.advance(20);
    await storage.commit();
    // Small entries by number, large ones by size.
    expect(mount.writes).toBe(Math.ceil(20_000 / 512));
    const before = mount.writes;
    for (let n = 0; n < 1_000; n++) storage.append(event(n, { body: `"${'x'.repeat(2_000)}"` }));
    await storage.commit();
    const parts = mount.writes - before;
    expect(parts).toBeGreaterThan(2_000_000 / 80_000);
    expect(parts).toBeLessThan(2_000_000 / 50_000);
  });

  it('resolves commit at once when nothing waits', async () => {
    const { start } = simulated();
    await start().storage.commit();
  });

  it('writes at every append and seal with sync', async () => {
    const { start, recover } = simulated({ sync: true });
    const { storage, mount, kill } = start();
    const ids = [storage.append(event(1)), storage.append(event(2))];
    storage.seal(ids, '/i', 'head');
    expect(mount.writes).toBe(3);
    kill();
    const { found } = await recover();
    expect(found[0]?.sealed).toHaveLength(1);
  });
});

describe('commitSync', () => {
  it.each([0, 1, 200, 100_000])(
    'is right while a background write is under way that gets %i bytes far',
    async (bytes) => {
      const { clock, start, recover } = simulated({ slowDisk: true });
      const { storage, mount, kill } = start();
      mount.hold = true;
      for (let n = 0; n < 50; n++) storage.append(event(n));
      clock.advance(20);
      for (let n = 50; n < 90; n++) storage.append(event(n));
      storage.commitSync();
      kill(bytes);
      expect((await recover()).bodies).toEqual(bodies(0, 89));
    },
  );

  it('leaves a storage that goes on rightly', async () => {
    const { clock, start, recover } = simulated({ slowDisk: true });
    const { storage, mount, kill } = start();
    mount.hold = true;
    for (let n = 0; n < 50; n++) storage.append(event(n));
    clock.advance(20);
    storage.append(event(50));
    storage.commitSync();
    for (let n = 51; n < 100; n++) storage.append(event(n));
    // The late write of the first batch must neither be given the bytes of a later one nor undo it.
    storage.commitSync();
    mount.release();
    mount.hold = false;
    await storage.commit();
    storage.append(event(100));
    await storage.commit();
    kill();
    expect((await recover()).bodies).toEqual(bodies(0, 100));
  });

  it('does not let a late background write hit the next segment', async () => {
    const { clock, start, recover } = simulated({ segmentBytes: 500, slowDisk: true });
    const { storage, mount, kill } = start();
    mount.hold = true;
    for (let n = 0; n < 20; n++) storage.append(event(n));
    clock.advance(20);
    storage.commitSync();
    for (let n = 20; n < 60; n++) {
      storage.append(event(n));
      storage.commitSync();
    }
    mount.release();
    await new Promise((resolve) => setImmediate(resolve));
    kill();
    expect((await recover()).bodies).toEqual(bodies(0, 59));
  });
});

describe('segments', () => {
  it('are deleted when all in them is settled', async () => {
    const { disk, start } = simulated({ segmentBytes: 2_000 });
    const { storage } = start();
    for (let round = 0; round < 30; round++) {
      const ids = Array.from({ length: 20 }, (_, n) => storage.append(event(round * 20 + n)));
      await storage.commit();
      storage.settle(ids);
      await storage.commit();
    }
    expect(disk.segments().length).toBeLessThanOrEqual(2);
  });

  it('do not pile up behind an entry that waits for long, sealed or not', async () => {
    const { disk, start, recover } = simulated({ segmentBytes: 2_000 });
    const { storage, kill } = start();
    const stuck = [storage.append(event(0)), storage.append(event(1))];
    storage.seal(stuck.slice(1), '/i', 'stuck');
    let before: number[] = [];
    for (let round = 1; round < 60; round++) {
      const ids = Array.from({ length: 20 }, (_, n) => storage.append(event(round * 20 + n)));
      storage.seal(ids, '/i', `head ${round}`);
      await storage.commit();
      // Settled late, so that the settlement stands in a later segment than the entries.
      storage.settle(before);
      before = ids;
    }
    for (let round = 0; round < 3; round++) {
      storage.append(event(5_000 + round));
      await storage.commit();
    }
    expect(disk.segments().length).toBeLessThanOrEqual(6);
    kill();
    const { found } = await recover();
    expect(found[0]?.sealed.map((it) => it.head)).toEqual(['stuck', 'head 59']);
    expect(found[0]?.entries.map((entry) => entry.body)).toEqual([0, 5_000, 5_001, 5_002].map((n) => event(n).body));
  });

  it('end after so many entries, however small these are', async () => {
    const { disk, start } = simulated();
    const { storage } = start();
    for (let n = 0; n < 40_000; n++) storage.append(event(n, { body: '1' }));
    await storage.commit();
    expect(disk.segments()).toHaveLength(2);
  });

  it('of delivered data do not lie around', async () => {
    const { disk, start } = simulated();
    const { storage } = start();
    const ids = Array.from({ length: 2_000 }, (_, n) => storage.append(event(n)));
    await storage.commit();
    storage.settle(ids);
    await storage.commit();
    expect(disk.segments()).toEqual([]);
  });

  it('never hold what was settled before it was written', async () => {
    const { start } = simulated();
    const { storage } = start();
    storage.settle(Array.from({ length: 100 }, (_, n) => storage.append(event(n))));
    await storage.commit();
    expect(storage.stats().bytesWritten).toBe(0);
  });

  it('cost at most 1.3 bytes a byte of JSON, settlements and seals included', async () => {
    for (const devices of [1, 5_000]) {
      const { start } = simulated();
      const { storage } = start();
      let json = 0;
      const perRequest = devices === 1 ? 500 : 4;
      const ids: number[][] = Array.from({ length: 20_000 / perRequest }, () => []);
      for (let n = 0; n < 20_000; n++) {
        const body = `{"key":"checkout","count":1,"sum":${n},"timestamp":${START + n},"hour":12,"dow":3,"segmentation":{"plan":"pro","currency":"EUR","amount":${n * 3}}}`;
        json += body.length;
        const request = devices === 1 ? Math.floor(n / perRequest) : n % devices;
        const deviceId = `3f2b8c1e-9d47-4a5b-8e2f-${String(n % devices).padStart(12, '0')}`;
        ids[request]?.push(storage.append(event(n, { deviceId, body })));
      }
      await storage.commit();
      for (const [n, request] of ids.entries()) {
        const device = `3f2b8c1e-9d47-4a5b-8e2f-${String(devices === 1 ? 0 : n).padStart(12, '0')}`;
        storage.seal(
          request,
          '/i',
          `"device_id":"${device}","t":0,"sdk_name":"javascript_node_weave","timestamp":${START + 15_000 + n},"hour":12,"dow":3,"tz":"60"`,
        );
      }
      await storage.commit();
      for (const [n, request] of ids.entries()) {
        storage.settle(request);
        if (n % 50 === 0) await storage.commit();
      }
      await storage.commit();
      const ratio = storage.stats().bytesWritten / json;
      expect(ratio).toBeGreaterThan(1);
      expect(ratio).toBeLessThan(1.3);
      await storage.close();
    }
  });
});

describe('the folder', () => {
  it('is readable by nobody else', async () => {
    const path = join(root, 'a', 'b');
    const storage = new JournalStorage({ path, clock: systemClock });
    storage.append(event(1));
    await storage.commit();
    const names = readdirSync(path, { recursive: true }) as string[];
    expect(names).toHaveLength(2);
    for (const name of ['', '..', ...names]) {
      const stat = statSync(join(path, name));
      expect(stat.mode & 0o777).toBe(stat.isDirectory() ? 0o700 : 0o600);
    }
    await storage.close();
  });

  it('is gone after a close with nothing left', async () => {
    const storage = new JournalStorage({ path: root, clock: systemClock });
    const id = storage.append(event(1));
    await storage.commit();
    expect(readdirSync(root)).toHaveLength(1);
    storage.settle([id]);
    await storage.close();
    expect(readdirSync(root)).toEqual([]);
  });

  it('sets no timer that is left after close', async () => {
    const { clock, start } = simulated();
    const { storage } = start();
    await storage.open(new Listener());
    storage.append(event(1));
    await storage.close();
    expect(clock.pendingTimers).toBe(0);
  });
});
