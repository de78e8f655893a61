import { describe, expect, it, vi } from 'vitest';
import { BEAT_MS, STALE_MS, WATCH_MS } from '../../lib/journal/adoption.js';
import { JournalStorage } from '../../lib/journal/journal.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';
import { event, Listener, START } from './support/drafts.js';
import { FakeMachine } from './support/fake-machine.js';
import { SimulatedDisk } from './support/simulated-disk.js';

// For machines that are busy with other things.
vi.setConfig({ testTimeout: 60_000 });

const ADOPT_MS = 30_000;

function setUp() {
  const disk = new SimulatedDisk();
  const clock = new ManualClock(START);
  const home = new FakeMachine('aa');
  const start = async (machine = home, thread = 0, open = true, slowDisk = false) => {
    const processes = machine.start(thread);
    const mount = disk.mount(() => clock.now());
    const storage = new JournalStorage({ path: '/state', clock, fs: mount, processes, slowDisk });
    const listener = new Listener();
    if (open) await storage.open(listener);
    const kill = (bytes = 0): void => {
      mount.crash(bytes);
      machine.kill(processes);
    };
    return { storage, listener, mount, kill };
  };
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 1_000) {
      clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    // Reading a folder takes a few turns of the event loop.
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  return { disk, clock, start, pass };
}

describe('adoption', () => {
  it('hands out what a dead process left, again and again until it is settled', async () => {
    const { start, disk } = setUp();
    const first = await start();
    for (let n = 0; n < 10; n++) first.storage.append(event(n));
    await first.storage.commit();
    first.kill();
    for (let round = 0; round < 5; round++) {
      const next = await start();
      expect(next.listener.bodies).toHaveLength(10 - round);
      next.storage.settle(next.listener.ids.slice(0, 1));
      await next.storage.commit();
      next.kill();
    }
    const last = await start();
    last.storage.settle(last.listener.ids);
    await last.storage.close();
    expect(disk.below('/state')).toEqual([]);
  });

  it('leaves the living alone', async () => {
    const { start, pass } = setUp();
    const first = await start();
    first.storage.append(event(1));
    await first.storage.commit();
    const second = await start();
    await pass(5 * ADOPT_MS);
    expect(second.listener.found).toEqual([]);
  });

  it('happens while a process runs, too', async () => {
    const { start, pass } = setUp();
    const first = await start();
    const second = await start();
    first.storage.append(event(1));
    await first.storage.commit();
    first.kill();
    expect(second.listener.found).toEqual([]);
    await pass(ADOPT_MS);
    expect(second.listener.bodies).toEqual([event(1).body]);
  });

  it('takes at once what a closed process gave back', async () => {
    const { start } = setUp();
    const first = await start();
    first.storage.append(event(1));
    await first.storage.close();
    const second = await start();
    expect(second.listener.bodies).toEqual([event(1).body]);
  });

  it('gives each folder to one of many', async () => {
    const { start } = setUp();
    for (let n = 0; n < 5; n++) {
      const it = await start();
      for (let k = 0; k < 3; k++) it.storage.append(event(n * 3 + k));
      await it.storage.commit();
      it.kill();
    }
    const heirs = await Promise.all(Array.from({ length: 4 }, () => start(undefined, 0, false)));
    await Promise.all(heirs.map(({ storage, listener }) => storage.open(listener)));
    const all = heirs.flatMap(({ listener }) => listener.bodies);
    expect(all.sort()).toEqual(Array.from({ length: 15 }, (_, n) => event(n).body).sort());
  });

  it('keeps sealed requests and their bytes through several lives', async () => {
    const { start } = setUp();
    const first = await start();
    const ids = [0, 1, 2].map((n) => first.storage.append(event(n, { deviceId: 'u1' })));
    first.storage.seal(ids.slice(0, 2), '/i/bulk', '"device_id":"u1","t":0');
    await first.storage.commit();
    first.kill();
    for (let round = 0; round < 3; round++) {
      const next = await start();
      await next.storage.commit();
      expect(next.listener.found[0]?.sealed).toMatchObject([
        { deviceId: 'u1', path: '/i/bulk', head: '"device_id":"u1","t":0', entries: [{ timestamp: START }, {}] },
      ]);
      expect(next.listener.found[0]?.entries).toHaveLength(1);
      next.kill();
    }
  });

  it('may seal recovered and new entries together', async () => {
    const { start } = setUp();
    const first = await start();
    first.storage.append(event(0, { deviceId: 'u1' }));
    await first.storage.commit();
    first.kill();
    const second = await start();
    second.storage.seal([...second.listener.ids, second.storage.append(event(1, { deviceId: 'u1' }))], '/i', 'head');
    await second.storage.commit();
    second.kill();
    const third = await start();
    expect(third.listener.found[0]?.sealed[0]?.entries.map((it) => it.body)).toEqual([event(0).body, event(1).body]);
  });

  it.each([false, true])(
    'loses and doubles nothing when the adopter dies in the middle (slow disk: %s)',
    async (slow) => {
      const lengths = Array.from({ length: 60 }, (_, n) => n * 25);
      for (const bytes of lengths) {
        const { start } = setUp();
        const first = await start();
        for (let n = 0; n < 20; n++) first.storage.append(event(n));
        await first.storage.commit();
        first.kill();
        const second = await start(undefined, 0, false, slow);
        second.storage.append(event(100));
        await second.storage.commit();
        second.mount.hold = true;
        if (!slow) second.mount.lasts = bytes;
        void second.storage.open(second.listener);
        for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
        if (slow) expect(second.listener.found).toEqual([]);
        second.kill(bytes);
        const third = await start();
        expect(third.listener.bodies.sort()).toEqual(
          [...Array.from({ length: 20 }, (_, n) => n), 100].map((n) => event(n).body).sort(),
        );
        await third.storage.close();
      }
    },
  );

  it('does not hand out again what was copied completely, when the original could not be removed', async () => {
    const { start } = setUp();
    const first = await start();
    first.storage.append(event(1));
    await first.storage.commit();
    first.kill();
    const second = await start(undefined, 0, false);
    second.mount.remove = () => Promise.reject(new Error('EPERM'));
    await second.storage.open(second.listener);
    expect(second.listener.bodies).toEqual([event(1).body]);
    second.kill();
    const third = await start();
    expect(third.listener.bodies).toEqual([event(1).body]);
  });

  it('remembers that a copy is complete for as long as the original is there', async () => {
    const { start } = setUp();
    const first = await start();
    first.storage.append(event(1));
    await first.storage.commit();
    first.kill();
    const second = await start(undefined, 0, false);
    const remove = second.mount.remove.bind(second.mount);
    second.mount.remove = (path) => (path.includes('/in.') ? Promise.reject(new Error('EPERM')) : remove(path));
    await second.storage.open(second.listener);
    second.storage.settle(second.listener.ids);
    for (let round = 0; round < 3; round++) {
      const ids = Array.from({ length: 2_000 }, (_, n) => second.storage.append(event(n + 10)));
      await second.storage.commit();
      second.storage.settle(ids);
      await second.storage.commit();
    }
    second.kill();
    const third = await start();
    expect(third.listener.bodies).toEqual([]);
  });

  it('goes on in memory when the disk is full, and hands out once', async () => {
    const { start, disk, pass } = setUp();
    const first = await start();
    first.storage.append(event(1));
    await first.storage.commit();
    first.kill();
    const second = await start(undefined, 0, false);
    disk.free = 0;
    await second.storage.open(second.listener);
    expect(second.listener.bodies).toEqual([event(1).body]);
    disk.free = 1e9;
    await pass(2 * ADOPT_MS);
    expect(second.listener.bodies).toEqual([event(1).body]);
    second.kill();
    const third = await start();
    expect(third.listener.bodies).toEqual([event(1).body]);
  });

  it('tries again later when there were too many open files', async () => {
    const { start, pass } = setUp();
    const first = await start();
    first.storage.append(event(1));
    await first.storage.commit();
    first.kill();
    const second = await start(undefined, 0, false);
    const { read } = second.mount;
    second.mount.read = () => Promise.reject(Object.assign(new Error('too many open files'), { code: 'EMFILE' }));
    await second.storage.open(second.listener);
    expect(second.listener.found).toEqual([]);
    second.mount.read = read;
    await pass(ADOPT_MS);
    expect(second.listener.bodies).toEqual([event(1).body]);
    expect(second.listener.warnings).toEqual([]);
  });

  it('bears a listener that throws', async () => {
    const { start } = setUp();
    const first = await start();
    first.storage.append(event(1));
    await first.storage.commit();
    first.kill();
    const second = await start(undefined, 0, false);
    const warnings: string[] = [];
    await second.storage.open({
      recovered: () => {
        throw new Error('no');
      },
      warn: (message) => warnings.push(message),
    });
    expect(warnings).toHaveLength(1);
  });
});

describe('an owner that cannot be seen', () => {
  const other = () => new FakeMachine('bb');

  it('is alive as long as it beats', async () => {
    const { start, pass } = setUp();
    const first = await start(other());
    first.storage.append(event(1));
    await first.storage.commit();
    const second = await start();
    await pass(5 * STALE_MS);
    expect(second.listener.found).toEqual([]);
  });

  it('is dead when it does not, and is watched before that is believed', async () => {
    const { start, pass, clock } = setUp();
    const first = await start(other());
    first.storage.append(event(1));
    await first.storage.commit();
    first.kill();
    clock.advance(10 * STALE_MS);
    const second = await start();
    expect(second.listener.found).toEqual([]);
    await pass(WATCH_MS + 1_000);
    expect(second.listener.bodies).toEqual([event(1).body]);
  });

  it('gets the time to beat when the machine slept', async () => {
    const { start, pass, clock } = setUp();
    const first = await start(other());
    first.storage.append(event(1));
    await first.storage.commit();
    clock.setNow(clock.now() + 3_600_000);
    const second = await start();
    await pass(5 * STALE_MS);
    expect(second.listener.found).toEqual([]);
    expect(first.listener.warnings).toEqual([]);
  });

  it('goes on in a new folder when it was taken for dead', async () => {
    const { start, pass } = setUp();
    const first = await start(other());
    first.storage.append(event(1));
    await first.storage.commit();
    const touch = first.mount.touch.bind(first.mount);
    first.mount.touch = async () => {};
    const second = await start();
    await pass(STALE_MS + ADOPT_MS + WATCH_MS);
    expect(second.listener.bodies).toEqual([event(1).body]);
    first.mount.touch = touch;
    await pass(BEAT_MS);
    expect(first.listener.warnings[0]).toMatch(/another process took it over/);
    first.storage.append(event(2));
    await first.storage.commit();
    first.kill();
    await pass(STALE_MS + ADOPT_MS + WATCH_MS);
    expect(second.listener.bodies).toEqual([event(1).body, event(2).body]);
  });

  it('may be a worker thread of a living process', async () => {
    const { start, pass } = setUp();
    const worker = await start(undefined, 3);
    worker.storage.append(event(1));
    await worker.storage.commit();
    worker.mount.crash(0);
    const second = await start();
    await pass(STALE_MS + ADOPT_MS + WATCH_MS);
    expect(second.listener.bodies).toEqual([event(1).body]);
  });
});
