import { homedir, tmpdir } from 'node:os';
import { isAbsolute } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { appStoragePath, defaultStoragePath } from '../../lib/journal/default-path.js';

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

  it('falls back to the folder for temporary files without a home', () => {
    vi.stubEnv('XDG_STATE_HOME', undefined);
    for (const home of ['/', '/nonexistent']) {
      vi.stubEnv('HOME', home);
      expect(defaultStoragePath(KEY).startsWith(tmpdir())).toBe(true);
    }
  });

  it('keeps apps apart in a configured folder as well', () => {
    expect(appStoragePath('/data', KEY)).not.toBe(appStoragePath('/data', `${KEY}2`));
    expect(appStoragePath('/data', KEY)).toMatch(/^\/data\/[0-9a-f]{16}$/);
  });

  it('is one per app, and does not tell the app key', () => {
    expect(defaultStoragePath(KEY)).toBe(defaultStoragePath(KEY));
    expect(defaultStoragePath(KEY)).not.toBe(defaultStoragePath(`${KEY}2`));
    expect(defaultStoragePath(KEY)).not.toContain(KEY.slice(0, 8));
    expect(defaultStoragePath(KEY)).not.toContain('node_modules');
  });
});
