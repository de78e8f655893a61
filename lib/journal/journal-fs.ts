import * as fs from 'node:fs';
import { dirname } from 'node:path';

export interface Look {
  /** Time of last change, in milliseconds since the epoch. */
  readonly touched: number;
  readonly folder: boolean;
  /** It belongs to the user of this process, and nobody else may write to it but a group that was given the place. */
  readonly ours: boolean;
}

/** Entries are personal data: nobody but the owner of the process may read them. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/**
 * The few things the journal asks of a disk. A port, because a full or read-only disk can only be tested when it can be
 * scripted. All of them throw or reject with Node's system errors.
 */
export const nodeFs = {
  createFolder,
  /** Creates a file that must not exist, and opens it for writing. */
  createFile: (path: string): number => fs.openSync(path, 'wx', FILE_MODE),
  /** Opens a file of ours for writing, cut off behind so many bytes. */
  openFile: (path: string, size: number): number => {
    const file = fs.openSync(path, fs.constants.O_RDWR | ITSELF);
    try {
      expectOwn(fs.fstatSync(file));
      fs.ftruncateSync(file, size);
      return file;
    } catch (error) {
      fs.closeSync(file);
      throw error;
    }
  },
  write: (file: number, bytes: Uint8Array, offset: number, length: number, position: number): Promise<number> =>
    new Promise((resolve, reject) => {
      fs.write(file, bytes, offset, length, position, (error, written) => (error ? reject(error) : resolve(written)));
    }),
  writeSync: (file: number, bytes: Uint8Array, offset: number, length: number, position: number): number =>
    fs.writeSync(file, bytes, offset, length, position),
  closeFile: (file: number): void => fs.closeSync(file),
  list: (path: string): Promise<string[]> => fs.promises.readdir(path),
  /** What a file of ours holds; rejects for any other, whatever took its place since its folder was looked at. */
  read: async (path: string): Promise<Buffer> => {
    const file = await fs.promises.open(path, fs.constants.O_RDONLY | ITSELF);
    try {
      expectOwn(await file.stat());
      return await file.readFile();
    } finally {
      await file.close();
    }
  },
  /** Moves a folder atomically; fails when it is gone. */
  move: (from: string, to: string): Promise<void> => fs.promises.rename(from, to),
  /** Removes a file or a folder with all it contains; nothing to remove is fine. */
  remove: (path: string): Promise<void> => fs.promises.rm(path, { recursive: true, force: true }),
  /** False only when the system says so: a disk that does not work now may work later. */
  exists: (path: string): boolean => {
    try {
      return fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    } catch {
      return true;
    }
  },
  /** What the system says of a file or folder itself, not of what a link points to. */
  look: async (path: string): Promise<Look> => {
    const [stats, above] = await Promise.all([fs.promises.lstat(path), fs.promises.lstat(dirname(path))]);
    return { touched: stats.mtimeMs, folder: stats.isDirectory(), ours: isOurs(stats) || isOfOurGroup(stats, above) };
  },
};

/**
 * Makes a folder and those above it. Not with `recursive`: where a folder is there and takes none (`/proc`, some mounts), Node
 * tries for ever.
 */
export function createFolder(path: string): void {
  try {
    return fs.mkdirSync(path, FOLDER_MODE);
  } catch (error) {
    if (fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
    const above = dirname(path);
    if (above === path || fs.existsSync(above)) throw error;
    createFolder(above);
  }
  createFolder(path);
}

/** Windows has neither users by number nor modes; its folders for programs are the user's own. */
export function isOurs({ uid, mode }: fs.Stats): boolean {
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}

/**
 * The group may write to the folder above as well, so somebody gave it the place: Kubernetes does so at each start, to all
 * that lies in a volume with `fsGroup`.
 */
function isOfOurGroup({ uid, gid, mode }: fs.Stats, above: fs.Stats): boolean {
  const isShared = above.gid === gid && (above.mode & 0o020) !== 0 && process.getgroups?.().includes(gid) === true;
  return isShared && uid === process.getuid?.() && (mode & 0o002) === 0;
}

/** No link is followed, and no pipe waited for. */
const ITSELF = (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);

function expectOwn(stats: fs.Stats): void {
  const isOwn = stats.isFile() && (process.getuid === undefined || stats.uid === process.getuid());
  if (!isOwn) throw new Error('it is no file of the user of this process');
}

export type JournalFs = typeof nodeFs;
