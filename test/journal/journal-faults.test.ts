import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../lib/clock.js';
import { BEAT_MS } from '../../lib/journal/adoption.js';
import { JournalStorage } from '../../lib/journal/journal.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';
import { event, Listener, START } from './support/drafts.js';
import { FakeMachine } from './support/fake-machine.js';
import { SimulatedDisk } from './support/simulated-disk.js';

// For machines that are busy with other things.
vi.setConfig({ testTimeout: 60_000 });

function setUp(options: { sync?: boolean; slowDisk?: boolean } = {}) {
  const disk = new SimulatedDisk();
  const clock = new ManualClock(START);
  const machine = new FakeMachine();
  const start = () => {
    const processes = machine.start();
    const mount = disk.mount(() => clock.now());
    const storage = new JournalStorage({ path: '/state', clock, fs: mount, processes, ...options });
    const listener = new Listener();
    const kill = () => {
      mount.crash(0);
      machine.kill(processes);
    };
    return { storage, listener, mount, kill };
  };
  return { disk, clock, start };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

describe.each(['EACCES', 'EROFS', 'ENOSPC', 'EIO'])('a disk that answers %s', (code) => {
  it.each([false, true])('is told once, and used again when it works (sync: %s)', async (sync) => {
    const { disk, clock, start } = setUp({ sync });
    const { storage, listener, kill } = start();
    await storage.open(listener);
    const early = [storage.append(event(1)), storage.append(event(2))];
    await storage.commit();
    disk.broken = code;
    const late = Array.from({ length: 3_000 }, (_, n) => storage.append(event(n + 3)));
    storage.seal(late.slice(0, 2), '/i', 'head');
    await storage.commit();
    storage.commitSync();
    expect(storage.stats().degraded).toContain(code);
    expect(listener.warnings).toHaveLength(1);
    expect(listener.warnings[0]).toMatch(new RegExp(`cannot write to /state.*${code}.*storagePath`));
    // Delivered while the disk does not work: gone from memory, never written.
    storage.settle([early[0] as number, ...late.slice(10)]);
    clock.advance(10_000);
    await turn();
    disk.broken = undefined;
    clock.advance(30_000);
    await turn();
    await storage.commit();
    expect(storage.stats().degraded).toBeUndefined();
    storage.append(event(9_000));
    await storage.commit();
    kill();

    const next = start();
    await next.storage.open(next.listener);
    expect(next.listener.found[0]?.sealed[0]?.entries).toHaveLength(2);
    expect([...next.listener.bodies].sort()).toEqual(
      [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 9_000].map((n) => event(n).body).sort(),
    );
    expect(listener.warnings).toHaveLength(1);
  });
});

describe('a full disk', () => {
  it('that took half a batch keeps all before and after it', async () => {
    const { disk, clock, start } = setUp();
    const { storage, listener, kill } = start();
    await storage.open(listener);
    for (let n = 0; n < 50; n++) storage.append(event(n));
    await storage.commit();
    disk.free = 777;
    for (let n = 50; n < 100; n++) storage.append(event(n));
    await storage.commit();
    expect(storage.stats().degraded).toContain('ENOSPC');
    disk.free = 1e9;
    clock.advance(30_000);
    await turn();
    for (let n = 100; n < 150; n++) storage.append(event(n));
    await storage.commit();
    kill();
    const next = start();
    await next.storage.open(next.listener);
    expect(next.listener.bodies).toEqual(Array.from({ length: 150 }, (_, n) => event(n).body));
    expect(next.listener.warnings).toEqual([]);
  });

  it('does not let settled entries pile up in memory', async () => {
    const { disk, start } = setUp();
    const { storage, listener } = start();
    await storage.open(listener);
    disk.free = 0;
    storage.append(event(0));
    await storage.commit();
    const body = 'x'.repeat(10_000);
    const before = process.memoryUsage().heapUsed;
    for (let n = 1; n < 50_000; n++) storage.settle([storage.append(event(n, { body: body + n }))]);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100e6);
  });
});

describe('a folder that is deleted while it is used', () => {
  it('is replaced at the next beat, with one warning', async () => {
    const { disk, clock, start } = setUp();
    const { storage, listener, mount, kill } = start();
    await storage.open(listener);
    const lost = storage.append(event(1));
    await storage.commit();
    await mount.remove('/state');
    clock.advance(BEAT_MS);
    await turn();
    storage.settle([lost]);
    storage.append(event(2));
    await storage.commit();
    expect(listener.warnings).toHaveLength(1);
    expect(listener.warnings[0]).toMatch(/\/state\/j1\..* disappeared.*storagePath/);
    expect(storage.stats().degraded).toBeUndefined();
    expect(disk.segments()).toHaveLength(1);
    kill();
    const next = start();
    await next.storage.open(next.listener);
    expect(next.listener.bodies).toEqual([event(2).body]);
  });

  it('is replaced at once when a new segment is due', async () => {
    const { start } = setUp();
    const { storage, listener, mount, kill } = start();
    await storage.open(listener);
    const ids = Array.from({ length: 3_000 }, (_, n) => storage.append(event(n)));
    await storage.commit();
    storage.settle(ids);
    await storage.commit();
    await mount.remove('/state');
    storage.append(event(5_000));
    await storage.commit();
    kill();
    const next = start();
    await next.storage.open(next.listener);
    expect(next.listener.bodies).toEqual([event(5_000).body]);
  });

  it('is not written to by a batch that failed before', async () => {
    const { disk, clock, start } = setUp();
    const { storage, listener, mount, kill } = start();
    await storage.open(listener);
    storage.append(event(1));
    await storage.commit();
    disk.free = 0;
    storage.append(event(2));
    await storage.commit();
    expect(storage.stats().degraded).toContain('ENOSPC');
    disk.free = 1e9;
    await mount.remove('/state');
    clock.advance(BEAT_MS);
    await turn();
    for (let n = 3; n < 6; n++) {
      storage.append(event(n));
      clock.advance(30_000);
      await turn();
    }
    await storage.commit();
    expect(storage.stats().degraded).toBeUndefined();
    kill();
    const next = start();
    await next.storage.open(next.listener);
    expect(next.listener.bodies).toEqual([3, 4, 5].map((n) => event(n).body));
    expect(next.listener.warnings).toEqual([]);
  });

  it('leaves nobody waiting for a commit', async () => {
    const { clock, start } = setUp({ slowDisk: true });
    const { storage, listener, mount } = start();
    await storage.open(listener);
    storage.append(event(1));
    await storage.commit();
    mount.hold = true;
    storage.append(event(2));
    const commit = storage.commit();
    await mount.remove('/state');
    clock.advance(BEAT_MS);
    await turn();
    mount.hold = false;
    mount.release();
    await commit;
  });
});

describe('a damaged journal', () => {
  it('gives what can be read, and says how much cannot', async () => {
    const { disk, start } = setUp();
    const first = start();
    for (let n = 0; n < 100; n++) first.storage.append(event(n));
    await first.storage.commit();
    first.kill();
    const file = disk.files.get(disk.segments()[0] as string);
    file?.bytes.write('#', file.bytes.indexOf('"n":42'));
    const { storage, listener } = start();
    await storage.open(listener);
    expect(listener.bodies).toHaveLength(99);
    expect(listener.warnings).toHaveLength(1);
    expect(listener.warnings[0]).toMatch(/^1 damaged record.*\/state/);
    await storage.close();
  });

  it('of a newer version is kept for it', async () => {
    const { disk, start } = setUp();
    const first = start();
    first.storage.append(event(1));
    await first.storage.commit();
    first.kill();
    const path = disk.segments()[0] as string;
    const newer = start();
    const { RecordSink } = await import('../../lib/journal/record-sink.js');
    const sink = new RecordSink(64);
    sink.startRecord(0x48);
    sink.text(' countly-weave journal 2');
    sink.endRecord();
    disk.files.set(path, { bytes: Buffer.from(sink.bytes.subarray(0, sink.length)) });
    await newer.storage.open(newer.listener);
    expect(newer.listener.found).toEqual([]);
    expect(newer.listener.warnings[0]).toMatch(/newer version/);
    await newer.storage.close();
    expect(disk.segments()).toHaveLength(1);
    expect(disk.segments()[0]).toMatch(/^\/state\/unreadable\./);
  });
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
    await storage.open(listener);
    for (let n = 0; n < 10; n++) storage.append(event(n));
    await storage.commit();
    storage.commitSync();
    expect(listener.warnings).toHaveLength(1);
    expect(listener.warnings[0]).toContain('ENOTDIR');
    expect(listener.warnings[0]).toContain(path);
    await storage.close();
  });

  it('warns also when nobody listened yet', async () => {
    writeFileSync(join(root, 'file'), '');
    const storage = new JournalStorage({ path: join(root, 'file'), clock: systemClock });
    storage.append(event(1));
    storage.commitSync();
    const listener = new Listener();
    await storage.open(listener);
    expect(listener.warnings).toHaveLength(1);
    await storage.close();
  });

  it('may lose the folder: nothing is thrown, and close still works', async () => {
    const storage = new JournalStorage({ path: root, clock: systemClock });
    await storage.open(new Listener());
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
