import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFolder } from '../../lib/journal/journal-fs.js';
import { appStoragePath, defaultStoragePath, journalPath } from '../../lib/journal/path.js';

const KEY = 'f1e2d3c4b5a697887766554433221100abcdef01';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cw-path-'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(process.platform === 'linux')('defaultStoragePath', () => {
  it('is the state folder of the user', () => {
    vi.stubEnv('XDG_STATE_HOME', undefined);
    expect(defaultStoragePath(KEY).startsWith(`${homedir()}/.local/state/countly-weave/`)).toBe(true);
  });

  it('follows XDG_STATE_HOME when it is absolute', () => {
    vi.stubEnv('XDG_STATE_HOME', folder);
    expect(defaultStoragePath(KEY).startsWith(`${folder}/countly-weave/`)).toBe(true);
    vi.stubEnv('XDG_STATE_HOME', 'relative');
    expect(isAbsolute(defaultStoragePath(KEY))).toBe(true);
  });

  it('falls back to the folder for temporary files without a home, to one of the user’s own', () => {
    vi.stubEnv('XDG_STATE_HOME', undefined);
    for (const home of ['/', '/nonexistent']) {
      vi.stubEnv('HOME', home);
      expect(dirname(defaultStoragePath(KEY))).toBe(join(tmpdir(), `countly-weave-${userInfo().uid}`));
    }
  });

  describe('where the usual folder cannot be written to', () => {
    const said: string[] = [];
    const found = () => defaultStoragePath(KEY, (message) => said.push(message));
    let temporary: string;

    beforeEach(() => {
      said.length = 0;
      temporary = join(folder, 'tmp');
      mkdirSync(temporary);
      vi.stubEnv('TMPDIR', temporary);
      vi.stubEnv('XDG_STATE_HOME', undefined);
    });

    it.each([
      ['a home that is a file', () => writeFileSync(join(folder, 'home'), ''), 'home'],
      ['a home below a file', () => writeFileSync(join(folder, 'file'), ''), 'file/home'],
      ['a state folder that is a file', () => writeFileSync(join(folder, '.local'), ''), ''],
    ])('%s: it is the one for temporary files, said once with the remedy', (_, make, home) => {
      make();
      vi.stubEnv('HOME', join(folder, home));
      expect(dirname(found())).toBe(join(temporary, `countly-weave-${userInfo().uid}`));
      expect(said).toEqual([expect.stringMatching(/is kept in .*countly-weave-\d+, for .* \(E[A-Z]+.*storagePath/)]);
    });

    it.runIf(userInfo().uid === 0)('so it is for a user who may not write to the home of somebody else', () => {
      vi.stubEnv('HOME', folder);
      chmodSync(folder, 0o755);
      chmodSync(temporary, 0o1777);
      const script = `const { Countly } = require(${JSON.stringify(join(__dirname, '../../dist/index.js'))});
        const countly = new Countly({ url: 'http://127.0.0.1:9', appKey: 'APP' });
        countly.addEvent('a'); countly.close().then((result) => console.log(JSON.stringify(result)));`;
      const ended = spawnSync(process.execPath, ['-e', script], { uid: 65_534, encoding: 'utf8' });
      expect(JSON.parse(ended.stdout)).toMatchObject({ pending: 1 });
      expect(ended.stderr.split('is kept in')).toHaveLength(2);
      const files = readdirSync(join(temporary, 'countly-weave-65534'), { recursive: true, encoding: 'utf8' });
      expect(files.filter((name) => name.endsWith('.seg'))).toHaveLength(1);
    });

    it.each<[string, (path: string) => void]>([
      ['that others may write to', (path) => mkdirSync(path) ?? chmodSync(path, 0o777)],
      ['that its group may write to', (path) => mkdirSync(path) ?? chmodSync(path, 0o770)],
      ['that is a link', (path) => symlinkSync(folder, path)],
      ['of another user', (path) => mkdirSync(path) ?? chownSync(path, 54_321, 54_321)],
    ])('a folder %s is never used, but a new one that nobody else can write to', (_, plant) => {
      const planted = join(temporary, `countly-weave-${userInfo().uid}`);
      plant(planted);
      writeFileSync(join(folder, 'home'), '');
      for (const home of [join(folder, 'home'), '/nonexistent']) {
        vi.stubEnv('HOME', home);
        said.length = 0;
        const own = dirname(found());
        expect(own).not.toBe(planted);
        expect(lstatSync(own).mode & 0o777).toBe(0o700);
        expect(said[0]).toMatch(/is not used, for others may write to it.*storagePath/);
      }
    });
  });

  it('is another one for another user of the temporary folder', () => {
    vi.stubEnv('XDG_STATE_HOME', undefined);
    vi.stubEnv('HOME', '/');
    const mine = defaultStoragePath(KEY);
    const spy = vi.spyOn(process, 'getuid').mockReturnValue(54_321);
    expect(defaultStoragePath(KEY)).not.toBe(mine);
    spy.mockRestore();
  });

  it('is one per app, and does not tell the app key', () => {
    expect(defaultStoragePath(KEY)).toBe(defaultStoragePath(KEY));
    expect(defaultStoragePath(KEY)).not.toBe(defaultStoragePath(`${KEY}2`));
    expect(defaultStoragePath(KEY)).not.toContain(KEY.slice(0, 8));
    expect(defaultStoragePath(KEY)).not.toContain('node_modules');
  });
});

describe.runIf(process.platform === 'linux')('a folder that is made (createFolder)', () => {
  it('has those above it, and may be there already', () => {
    const path = join(folder, 'a', 'b', 'c');
    createFolder(path);
    createFolder(path);
    expect(lstatSync(path).mode & 0o777).toBe(0o700);
  });

  it('is given up at once where the one above takes none: Node itself would try for ever', () => {
    expect(() => createFolder('/proc/nothing/of/ours')).toThrow('ENOENT');
    writeFileSync(join(folder, 'file'), '');
    expect(() => createFolder(join(folder, 'file', 'a', 'b'))).toThrow('ENOTDIR');
    symlinkSync(join(folder, 'gone'), join(folder, 'link'));
    expect(() => createFolder(join(folder, 'link', 'a'))).toThrow('EEXIST');
  });
});

describe('a configured folder', () => {
  it('keeps apps apart as well', () => {
    expect(appStoragePath('/data', KEY)).not.toBe(appStoragePath('/data', `${KEY}2`));
    expect(appStoragePath('/data', KEY)).toMatch(/^\/data\/[0-9a-f]{16}$/);
  });

  it('keeps the journals of two servers apart that have the same app key', () => {
    const app = appStoragePath('/data', KEY);
    expect(journalPath(app, 'https://a.example')).not.toBe(journalPath(app, 'https://b.example'));
    expect(journalPath(app, 'https://a.example')).toBe(journalPath(app, 'https://a.example'));
    expect(dirname(journalPath(app, 'https://user:secret@a.example'))).toBe(app);
    expect(journalPath(app, 'https://user:secret@a.example')).not.toContain('secret');
  });
});
