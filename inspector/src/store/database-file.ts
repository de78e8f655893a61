import { chmodSync, closeSync, existsSync, openSync, realpathSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { lockExclusively } from '../sql/sql.js';

/** Others must not read what was collected. */
const OWNER_ONLY = 0o600;
const COMPANIONS = ['', '-wal', '-shm', '-journal'] as const;

/** The file of the database, held for one inspector. */
export interface DatabaseFile {
  /** Makes it readable for its owner only, once it is known to be ours. */
  secure(): void;
  /** Lets others have it. */
  release(): void;
  /** Lets others have it, and removes it when it was made by this start. */
  discard(): void;
}

/** Another inspector writes to the file. */
export class FileInUseError extends Error {
  override readonly name = 'FileInUseError';
}

/** Nothing on disk. */
const MEMORY: DatabaseFile = { secure: () => undefined, release: () => undefined, discard: () => undefined };

/**
 * Takes the file for this inspector; a new one is readable for its owner only. The lock is one of the operating system on
 * a file beside it, so it ends with the process however that ends.
 *
 * @throws FileInUseError when another inspector has it; the error of the file system when it cannot be made.
 */
export function claimDatabaseFile(path: string): DatabaseFile {
  if (path === ':memory:') return MEMORY;
  const file = canonical(path);
  refuseOddFile(file);
  const isNew = !existsSync(file);
  const lockPath = `${file}.lock`;
  const lock = lockFile(lockPath);
  const release = (): void => {
    rmSync(lockPath, { force: true });
    lock.release();
  };
  const discard = (): void => {
    if (isNew) for (const companion of COMPANIONS) rmSync(file + companion, { force: true });
    release();
  };
  try {
    if (isNew) makePrivate(file);
  } catch (error) {
    discard();
    throw error;
  }
  return { secure: () => makePrivate(file), release, discard };
}

function lockFile(path: string): { release(): void } {
  makePrivate(path);
  const lock = lockExclusively(path);
  if (lock === undefined) throw new FileInUseError('another inspector is writing to it');
  return lock;
}

/** SQLite gives the files beside the database the rights of the database. */
function makePrivate(file: string): void {
  refuseOddFile(file);
  closeSync(openSync(file, 'a', OWNER_ONLY));
  try {
    chmodSync(file, OWNER_ONLY);
  } catch {
    // Somebody else's file stays as its owner wants it.
  }
}

/** Opening a pipe waits for whoever reads it, for ever, and a device belongs to the whole machine. */
function refuseOddFile(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined || found.isFile()) return;
  const what = found.isFIFO() ? 'a pipe' : found.isDirectory() ? 'a folder' : 'no regular file';
  throw new Error(`${file} is ${what}`);
}

/** One name a file, so that two ways to write it meet at the same lock. */
function canonical(path: string): string {
  const full = resolve(path);
  return existsSync(full) ? realpathSync(full) : join(realpathSync(dirname(full)), basename(full));
}
