import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { isOwner, leaseName, leaseOwner, SocketLease } from '../../lib/journal/lease.js';
import { compileJournal } from './support/compiled.js';

// For machines that are busy with other things.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let lib: string;
let removeLib: () => void;
let root: string;
const children: ChildProcess[] = [];
const held: SocketLease[] = [];

beforeAll(() => {
  ({ lib, remove: removeLib } = compileJournal());
});
afterAll(() => removeLib());
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lease-'));
});
afterEach(async () => {
  for (const lease of held.splice(0)) lease.release(root);
  await Promise.all(children.splice(0).map(kill));
  rmSync(root, { recursive: true, force: true, maxRetries: 10 });
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'close');
}

function hold(path = root): SocketLease {
  const lease = new SocketLease();
  lease.hold(path);
  held.push(lease);
  return lease;
}

/** A process that runs the code, which calls `hold`; resolves with the name of its owner. */
async function holder(code: string): Promise<{ child: ChildProcess; owner: string }> {
  const path = join(lib, `holder-${children.length}.cjs`);
  writeFileSync(
    path,
    `
    const net = require('node:net');
    const stay = () => setTimeout(() => {}, 60_000);
    function hold() {
      const { SocketLease } = require(${JSON.stringify(join(lib, 'journal', 'lease.js'))});
      const lease = new SocketLease();
      lease.hold(${JSON.stringify(root)});
      require('node:fs').writeSync(1, lease.owner + ' ');
    }
    ${code}`,
  );
  const child = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const signal = AbortSignal.timeout(10_000);
  const [data] = (await once(child.stdout as NodeJS.ReadableStream, 'data', { signal })) as [Buffer];
  return { child, owner: data.toString().trim() };
}

const ask = (owner: string, path = root) => new SocketLease().ask(path, owner);

describe('a lease', () => {
  it('says that its owner lives, to others and to itself', async () => {
    const lease = hold();
    expect(await lease.ask(root, lease.owner)).toBe('alive');
    expect(await ask(lease.owner)).toBe('alive');
  });

  it('is a file that is named after its owner, and gone after the release', () => {
    const lease = hold();
    expect(readdirSync(root)).toEqual([leaseName(lease.owner)]);
    lease.release(root);
    expect(readdirSync(root)).toEqual([]);
  });

  it('can be held again under the same name, which folders carry', async () => {
    const lease = hold();
    const { owner } = lease;
    lease.hold(root);
    lease.release(root);
    lease.hold(root);
    expect(lease.owner).toBe(owner);
    expect(await ask(owner)).toBe('alive');
  });

  it('is renewed, for those who cannot ask', () => {
    const lease = hold();
    const path = join(root, leaseName(lease.owner));
    utimesSync(path, 1_000, 1_000);
    lease.renew(root);
    expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(60_000);
  });

  it('notices that it was taken away', () => {
    const lease = hold();
    rmSync(join(root, leaseName(lease.owner)));
    expect(() => lease.renew(root)).toThrow('ENOENT');
  });

  it('works at a path that is longer than the address of a socket may be', async () => {
    const path = join(root, 'a-folder-with-quite-a-long-name'.repeat(3), 'and-another-one'.repeat(5));
    mkdirSync(path, { recursive: true });
    expect(path.length).toBeGreaterThan(160);
    const lease = hold(path);
    expect(lease.owner).toMatch(/^s/);
    expect(readdirSync(path)).toEqual([leaseName(lease.owner)]);
    expect(await ask(lease.owner, path)).toBe('alive');
    lease.release(path);
    expect(readdirSync(path)).toEqual([]);
  });

  it('does not keep the process alive', async () => {
    const { child } = await holder('hold();');
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(0);
  });

  it('leaves no open files behind', async () => {
    if (!existsSync('/proc/self/fd')) return;
    const lease = hold();
    await ask(lease.owner);
    const before = readdirSync('/proc/self/fd').length;
    for (let i = 0; i < 20; i++) {
      const other = hold();
      expect(await ask(other.owner)).toBe('alive');
      other.release(root);
      await ask(other.owner);
    }
    await expect.poll(() => readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before + 2);
  });
});

describe('another process', () => {
  it('is alive while it lives, and dead at once after kill -9', async () => {
    const { child, owner } = await holder('hold(); stay();');
    expect(await ask(owner)).toBe('alive');
    await kill(child);
    expect(await ask(owner)).toBe('dead');
  });

  it('is alive while its event loop is blocked, however often it is asked', async () => {
    const { owner } = await holder('hold(); for (;;);');
    for (let i = 0; i < 600; i++) expect([i, await ask(owner)]).toEqual([i, 'alive']);
  });

  it('is alive while a busy worker thread holds the lease', async () => {
    const { child, owner } = await holder(`
      const { Worker, isMainThread } = require('node:worker_threads');
      if (isMainThread) {
        new Worker(__filename);
        stay();
      } else {
        hold();
        for (;;);
      }`);
    expect(await ask(owner)).toBe('alive');
    await kill(child);
    expect(await ask(owner)).toBe('dead');
  });

  it('is itself in a cluster: a worker that has died is not answered for by the primary', async () => {
    const { child, owner } = await holder(`
      const cluster = require('node:cluster');
      if (cluster.isPrimary) {
        const worker = cluster.fork();
        worker.on('online', () => setTimeout(() => worker.process.kill('SIGKILL'), 2_000));
        stay();
      } else {
        hold();
        stay();
      }`);
    expect(await ask(owner)).toBe('alive');
    await expect.poll(() => ask(owner), { timeout: 20_000 }).toBe('dead');
    expect(child.exitCode).toBeNull();
  });
});

describe('an owner that cannot be asked is unknown', () => {
  it('on another machine, or in a system that was started anew', async () => {
    const { owner } = hold();
    const elsewhere = `s${owner[1] === '0' ? '1' : '0'}${owner.slice(2)}`;
    expect(isOwner(elsewhere)).toBe(true);
    expect(await ask(elsewhere)).toBe('unknown');
  });

  it('when it has no socket', async () => {
    const { owner } = hold();
    expect(await ask(`f${owner.slice(1)}`)).toBe('unknown');
  });

  it('when its file is gone, which proves nothing', async () => {
    const lease = hold();
    rmSync(join(root, leaseName(lease.owner)));
    expect(await ask(lease.owner)).toBe('unknown');
    expect(await ask(lease.owner, join(root, 'nowhere'))).toBe('unknown');
  });

  it('where there can be no socket: its file is a plain one then', async () => {
    const { child, owner } = await holder("net.createServer = () => { throw new Error('none'); }; hold(); stay();");
    expect(owner).toMatch(/^f/);
    expect(readdirSync(root)).toEqual([leaseName(owner)]);
    await kill(child);
    expect(await ask(owner)).toBe('unknown');
  });
});

describe('the file of a lease', () => {
  it('tells its owner', () => {
    const { owner } = hold();
    expect(leaseOwner(leaseName(owner))).toBe(owner);
    for (const name of [owner, 'x.lease', '.lease', `${owner}.lease.bak`]) expect(leaseOwner(name)).toBeUndefined();
  });
});
