import { homedir, tmpdir, userInfo } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { appStoragePath, defaultStoragePath, journalPath } from '../../lib/journal/path.js';

const KEY = 'f1e2d3c4b5a697887766554433221100abcdef01';

afterEach(() => vi.unstubAllEnvs());

describe.runIf(process.platform === 'linux')('defaultStoragePath', () => {
  it('is the state folder of the user', () => {
    vi.stubEnv('XDG_STATE_HOME', undefined);
    expect(defaultStoragePath(KEY).startsWith(`${homedir()}/.local/state/countly-weave/`)).toBe(true);
  });

  it('follows XDG_STATE_HOME when it is absolute', () => {
    vi.stubEnv('XDG_STATE_HOME', '/var/state');
    expect(defaultStoragePath(KEY).startsWith('/var/state/countly-weave/')).toBe(true);
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
