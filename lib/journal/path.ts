import { createHash } from 'node:crypto';
import { accessSync, constants, lstatSync, mkdtempSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createFolder, isOurs } from './journal-fs.js';
import { reasonOf } from './warnings.js';

const PRODUCT = 'countly-weave';

/**
 * Where the journal of an app is kept when nothing is configured: the folder the operating system has for the state of
 * programs, else, where that cannot be written to, the folder for temporary files. The app key is in the path only as a hash.
 *
 * @param warn told when it is not the usual folder
 */
export function defaultStoragePath(appKey: string, warn: (message: string) => void = () => {}): string {
  const usual = stateFolder();
  const problem = usual === undefined ? undefined : unusable(usual);
  if (usual !== undefined && problem === undefined) return appStoragePath(usual, appKey);
  const folder = temporaryFolder(warn);
  if (usual !== undefined) {
    const remedy = 'Give this process a home that it may write to, or set storagePath.';
    warn(`The journal is kept in ${folder}, for ${usual} cannot be written to (${problem}). ${remedy}`);
  }
  return appStoragePath(folder, appKey);
}

/** Everybody may make folders among the temporary ones: each user has one of his own, and none that somebody else made. */
function temporaryFolder(warn: (message: string) => void): string {
  const folder = join(tmpdir(), `${PRODUCT}-${process.getuid?.() ?? userInfo().username}`);
  if (unusable(folder) !== undefined || isOurs(lstatSync(folder))) return folder;
  const own = mkdtempSync(`${folder}-`);
  const remedy = 'The next start will not find what is kept there: set storagePath.';
  warn(
    `The folder ${folder} is not used, for others may write to it or have made it; ${own} takes its place. ${remedy}`,
  );
  return own;
}

/** Why nothing can be kept in this folder, which is made if need be. */
function unusable(folder: string): string | undefined {
  try {
    createFolder(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
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
