import { createHash } from 'node:crypto';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const PRODUCT = 'countly-weave';

/**
 * Where the journal of an app is kept when nothing is configured: the folder the operating system has for the state of
 * programs, else the folder for temporary files. The app key is in the path only as a hash.
 */
export function defaultStoragePath(appKey: string): string {
  // Everybody may make folders among the temporary ones, so each user has one of his own.
  const temporary = () => join(tmpdir(), `${PRODUCT}-${process.getuid?.() ?? userInfo().username}`);
  return appStoragePath(stateFolder() ?? temporary(), appKey);
}

/** The part of a folder that belongs to one app: its device id, its settings and its journals. */
export function appStoragePath(folder: string, appKey: string): string {
  return join(folder, hash(appKey));
}

/**
 * The part of an app's folder that belongs to one server. Whoever shares it adopts what the others leave and sends it to
 * that server, so what waits for another one stays where it is until that one is configured again.
 */
export function journalPath(appFolder: string, url: string): string {
  return join(appFolder, `journal-${hash(serverAddress(url)).slice(0, 8)}`);
}

/** A server is the same under another password, and however its host is spelled. */
export function serverAddress(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return pathname === '/' ? origin : `${origin}${pathname}`;
}

function hash(text: string): string {
  return createHash('sha256').update(`${PRODUCT} ${text}`).digest('hex').slice(0, 16);
}

function stateFolder(): string | undefined {
  const { env, platform } = process;
  // A relative path would depend on where the process was started; the XDG specification says to ignore it as well.
  const absolute = env['XDG_STATE_HOME'];
  if (platform !== 'win32' && absolute?.startsWith('/')) return join(absolute, PRODUCT);
  const local = env['LOCALAPPDATA'];
  if (platform === 'win32') return local ? join(local, PRODUCT) : undefined;
  const home = homeFolder();
  if (home === undefined) return undefined;
  const above = platform === 'darwin' ? join(home, 'Library', 'Application Support') : join(home, '.local', 'state');
  return join(above, PRODUCT);
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
