import { createHash } from 'node:crypto';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const PRODUCT = 'countly-weave';

/**
 * Where the journal of an app is kept when nothing is configured: the folder the operating system has for the state of
 * programs (`$XDG_STATE_HOME` or `~/.local/state`, `~/Library/Application Support`, `%LOCALAPPDATA%`), else the folder
 * for temporary files. The app key is in the path only as a hash.
 */
export function defaultStoragePath(appKey: string): string {
  return appStoragePath(join(stateFolder() ?? tmpdir(), PRODUCT), appKey);
}

/**
 * The part of a configured folder that belongs to one app. Whoever shares a root adopts what the others leave and sends
 * it with its own app key, so two apps must never share one.
 */
export function appStoragePath(folder: string, appKey: string): string {
  const app = createHash('sha256').update(`${PRODUCT} ${appKey}`).digest('hex').slice(0, 16);
  return join(folder, app);
}

function stateFolder(): string | undefined {
  const { env, platform } = process;
  // A relative path would depend on where the process was started; the XDG specification says to ignore it as well.
  const absolute = env['XDG_STATE_HOME'];
  if (platform !== 'win32' && absolute?.startsWith('/')) return absolute;
  if (platform === 'win32') return env['LOCALAPPDATA'] || undefined;
  const home = homeFolder();
  if (home === undefined) return undefined;
  return platform === 'darwin' ? join(home, 'Library', 'Application Support') : join(home, '.local', 'state');
}

/** Services and containers often have no home, or `/` or `/nonexistent` as one. */
function homeFolder(): string | undefined {
  try {
    const home = homedir();
    return home.length > 1 && home !== '/nonexistent' ? home : undefined;
  } catch {
    return undefined;
  }
}
