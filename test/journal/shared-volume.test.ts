import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.js';
import { JournalStorage } from '../../lib/journal/journal.js';
import { type JournalFs, nodeFs } from '../../lib/journal/journal-fs.js';
import { DeviceIdFile, SmallFile } from '../../lib/scope/device-id.js';
import { allOf, event, Listener, PLENTY } from './support/entries.js';

const GROUP = 2000;
const LIBRARY = join(__dirname, '../../dist/index.js');

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'volume-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true, maxRetries: 10 }));

interface Life {
  readonly pending: number;
  readonly deviceId: string;
  readonly said: string;
}

/** A process of this user, in this group besides its own, that keeps a number of events in the volume. */
function life(user: number, events: number, groups = String(GROUP)): Life {
  const script = `
    const { Countly } = require(${JSON.stringify(LIBRARY)});
    const said = [];
    const note = (text) => said.push(String(text));
    const logger = { error: note, warn: note, log() {} };
    const client = new Countly({
      url: 'http://127.0.0.1:9', appKey: 'K', storagePath: ${JSON.stringify(root)}, testMode: true, durability: 'sync', logger,
    });
    for (let n = 0; n < ${events}; n++) client.device('ada').addEvent('a');
    const until = Date.now() + ${events > 0 ? 100 : 800};
    const look = () => {
      if (Date.now() < until) return setTimeout(look, 10);
      const { pending } = client.stats();
      client.close({ timeout: 50 }).then(() =>
        console.log(JSON.stringify({ pending, deviceId: client.processDevice.deviceId, said: said.join('\\n') })));
    };
    look();`;
  const args = ['--reuid', `${user}`, '--regid', `${user}`, '--groups', groups, process.execPath, '-e', script];
  const { stdout, stderr } = spawnSync('setpriv', args, { encoding: 'utf8', env: { PATH: process.env['PATH'] } });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Life;
}

/** What Kubernetes does to a volume with `fsGroup` before a container starts. */
function mountVolume(): void {
  const visit = (path: string): void => {
    const { mode, uid } = lstatSync(path);
    if (lstatSync(path).isSymbolicLink()) return;
    chownSync(path, uid, GROUP);
    chmodSync(path, lstatSync(path).isDirectory() ? mode | 0o2770 : mode | 0o660);
    if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) visit(join(path, name));
  };
  visit(root);
}

describe.runIf(userInfo().uid === 0)('a volume of Kubernetes with fsGroup', () => {
  it('keeps what waits and who the process is from one container to the next', () => {
    mountVolume();
    const first = life(1000, 3);
    mountVolume();
    const second = life(1000, 0);
    expect(second).toEqual({ pending: 3, deviceId: first.deviceId, said: '' });
    mountVolume();
    expect(life(1000, 1)).toMatchObject({ pending: 4, deviceId: first.deviceId });
  });

  it('is told when the next container runs as another user', () => {
    mountVolume();
    life(1000, 3);
    mountVolume();
    const { pending, said } = life(1001, 0);
    expect(pending).toBe(0);
    expect(said).toMatch(/is not used: it belongs to another user.*make this process its owner/);
  });

  it('is no reason to use a folder whose group is not that of the volume, or that all may write to', () => {
    mountVolume();
    life(1000, 3);
    for (const spoil of [(path: string) => chownSync(path, 1000, 3000), (path: string) => chmodSync(path, 0o2772)]) {
      mountVolume();
      for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
        if (/j2\.free\.\w+$/.test(name)) spoil(join(root, name));
      }
      expect(life(1000, 0, `${GROUP},3000`)).toMatchObject({ pending: 0 });
    }
  });
});

describe.runIf(userInfo().uid === 0)('a folder that users share', () => {
  it('has a device for each of them, at every start, and none replaces that of another', () => {
    mountVolume();
    // As whoever came first might leave it.
    writeFileSync(join(root, 'device-id'), 'of-the-first');
    chownSync(join(root, 'device-id'), 1000, 1000);
    const ids = [1001, 1000, 1001, 1002].map((user) => life(user, 0).deviceId);
    expect(ids[1]).toBe('of-the-first');
    expect(ids[2]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
    expect(readFileSync(join(root, 'device-id'), 'utf8')).toBe('of-the-first');
  });

  it.each(['device-id', 'server-settings.json'])('gives nothing of a %s that another user put there', (name) => {
    const path = join(root, name);
    writeFileSync(path, 'planted');
    expect(new SmallFile(path).read()).toBe('planted');
    chownSync(path, 54_321, 54_321);
    expect(new SmallFile(path).read()).toBeUndefined();
    expect(new DeviceIdFile(root).load(undefined).deviceId).not.toBe('planted');
  });
});

describe('a journal that is replaced between the look at it and its use', () => {
  const elsewhere = () => join(root, 'elsewhere');
  const journal = () => join(root, 'journal');

  /** A journal with an entry, given back. Gives its folder. */
  async function left(): Promise<string> {
    mkdirSync(elsewhere());
    const storage = new JournalStorage({ path: journal(), clock: systemClock });
    storage.append(event(1));
    await storage.close();
    return join(journal(), readdirSync(journal())[0] as string);
  }

  /** What the next process finds, when somebody does this in the moment before it asks the disk for that. */
  async function found(before: keyof JournalFs, swap: (path: string) => void) {
    let done = false;
    const original = nodeFs[before] as (...args: unknown[]) => unknown;
    const raced = (...args: unknown[]): unknown => {
      if (!done && String(args[0]).includes('j2.')) {
        done = true;
        swap(String(args[0]));
      }
      return original(...args);
    };
    const storage = new JournalStorage({ path: journal(), clock: systemClock, fs: { ...nodeFs, [before]: raced } });
    const listener = new Listener();
    storage.open(listener);
    const entries = allOf(await storage.recover(PLENTY));
    storage.settle(entries);
    await storage.commit();
    await storage.close();
    expect(done).toBe(true);
    return { entries: entries.length, said: listener.warnings.join('\n') };
  }

  it('is used when nobody does that', async () => {
    await left();
    expect(await found('move', () => {})).toEqual({ entries: 1, said: '' });
  });

  it('is not used when it is a link then, and where that leads is left alone', async () => {
    const folder = await left();
    const swap = (path: string): void => {
      renameSync(path, join(elsewhere(), 'taken'));
      symlinkSync(join(elsewhere(), 'taken'), path);
    };
    const { entries } = await found('move', swap);
    expect(entries).toBe(0);
    expect(readdirSync(join(elsewhere(), 'taken'))).toHaveLength(1);
    expect(existsSync(folder)).toBe(false);
  });

  it.runIf(userInfo().uid === 0)('is not used when it is the folder of another user then', async () => {
    await left();
    const { entries, said } = await found('move', (path) => chownSync(path, 54_321, 54_321));
    expect(entries).toBe(0);
    expect(said).toContain('is not used: it belongs to another user');
  });

  it('is not read when its files are links then', async () => {
    await left();
    const { entries, said } = await found('read', (path) => {
      renameSync(path, join(elsewhere(), 'taken'));
      symlinkSync(join(elsewhere(), 'taken'), path);
    });
    expect(entries).toBe(0);
    expect(said).toContain('could not be read');
    expect(existsSync(join(elsewhere(), 'taken'))).toBe(true);
  });

  it.runIf(userInfo().uid === 0)('is not read when its files are those of another user then', async () => {
    await left();
    const { entries, said } = await found('read', (path) => chownSync(path, 54_321, 54_321));
    expect(entries).toBe(0);
    expect(said).toContain('no file of the user of this process');
  });

  it('is not waited for when its files are pipes then', async () => {
    await left();
    const { entries } = await found('read', (path) => {
      rmSync(path);
      expect(spawnSync('mkfifo', [path]).status).toBe(0);
    });
    expect(entries).toBe(0);
  });

  it('cuts off nothing of a file that a link leads to', async () => {
    const precious = join(elsewhere(), 'precious');
    await left();
    writeFileSync(precious, 'x'.repeat(100_000));
    const storage = new JournalStorage({ path: journal(), clock: systemClock, sync: true });
    storage.open(new Listener());
    const [entry] = allOf(await storage.recover(PLENTY));
    storage.append(event(2));
    const [segment] = readdirSync(journal(), { recursive: true, encoding: 'utf8' }).filter((name) => /seg$/.test(name));
    for (const name of readdirSync(journal(), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.seg')) continue;
      rmSync(join(journal(), name));
      symlinkSync(precious, join(journal(), name));
    }
    expect(segment).toBeDefined();
    if (entry !== undefined) storage.seal({ deviceId: entry.deviceId, path: '/i', head: 'h', entries: [entry] });
    storage.commitSync();
    await storage.close();
    expect(readFileSync(precious, 'utf8')).toHaveLength(100_000);
  });
});
