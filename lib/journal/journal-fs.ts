import * as fs from 'node:fs';

/**
 * The few things the journal asks of a disk. A port, because a full or read-only disk can only be tested when it can be
 * scripted. All of them throw or reject with Node's system errors.
 */
export interface JournalFs {
  /** Creates the folder and its parents, for the owner only. */
  createFolder(path: string): void;
  /** Creates a file that must not exist, for the owner only, and opens it for writing. */
  createFile(path: string): number;
  /** Opens a file of ours for writing, cut off behind so many bytes. */
  openFile(path: string, size: number): number;
  write(file: number, bytes: Uint8Array, offset: number, length: number, position: number): Promise<number>;
  writeSync(file: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  closeFile(file: number): void;
  /** Names in a folder. */
  list(path: string): Promise<string[]>;
  read(path: string): Promise<Buffer>;
  /** Moves a folder atomically; fails when it is gone. */
  move(from: string, to: string): Promise<void>;
  /** Removes a file or a folder with all it contains; nothing to remove is fine. */
  remove(path: string): Promise<void>;
  /** Sets the time of last change. */
  touch(path: string, milliseconds: number): Promise<void>;
  /** What the system says of a file or folder itself, not of what a link points to. */
  look(path: string): Promise<Look>;
}

/** What the journal wants to know of a file or folder. */
export interface Look {
  /** Time of last change, in milliseconds since the epoch. */
  readonly touched: number;
  /** It is a folder. */
  readonly folder: boolean;
  /** It belongs to the user of this process, and nobody else may write to it. */
  readonly ours: boolean;
}

/** Entries are personal data: nobody but the owner of the process may read them. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

export const nodeFs: JournalFs = {
  createFolder: (path) => {
    fs.mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
  },
  createFile: (path) => fs.openSync(path, 'wx', FILE_MODE),
  openFile: (path, size) => {
    const file = fs.openSync(path, 'r+');
    fs.ftruncateSync(file, size);
    return file;
  },
  write: (file, bytes, offset, length, position) =>
    new Promise((resolve, reject) => {
      fs.write(file, bytes, offset, length, position, (error, written) => (error ? reject(error) : resolve(written)));
    }),
  writeSync: (file, bytes, offset, length, position) => fs.writeSync(file, bytes, offset, length, position),
  closeFile: (file) => fs.closeSync(file),
  list: (path) => fs.promises.readdir(path),
  read: (path) => fs.promises.readFile(path),
  move: (from, to) => fs.promises.rename(from, to),
  remove: (path) => fs.promises.rm(path, { recursive: true, force: true }),
  touch: (path, milliseconds) => fs.promises.utimes(path, milliseconds / 1000, milliseconds / 1000),
  look: async (path) => {
    const { mtimeMs, mode, uid } = await fs.promises.lstat(path);
    return { touched: mtimeMs, folder: (mode & fs.constants.S_IFMT) === fs.constants.S_IFDIR, ours: isOurs(uid, mode) };
  },
};

/** Windows has neither users by number nor modes; its folders for programs are the user's own. */
function isOurs(uid: number, mode: number): boolean {
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}
