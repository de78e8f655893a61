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
  /** The time of last change, in milliseconds since the epoch. */
  touched(path: string): Promise<number>;
}

/** Entries are personal data: nobody but the owner of the process may read them. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

export const nodeFs: JournalFs = {
  createFolder: (path) => {
    fs.mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
  },
  createFile: (path) => fs.openSync(path, 'wx', FILE_MODE),
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
  touched: async (path) => (await fs.promises.stat(path)).mtimeMs,
};
