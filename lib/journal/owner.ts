import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { threadId } from 'node:worker_threads';

/** Who writes to a journal folder. It stands in the name of the folder, so taking one over is a rename: atomic. */
export interface Owner {
  /** What process ids are comparable in: the boot and the pid namespace of the machine, hashed. */
  readonly machine: string;
  readonly pid: number;
  /** When the process started, in the machine's own measure; '0' when it cannot be told. */
  readonly start: string;
  /** 0 is the main thread; each worker thread has a journal of its own. */
  readonly thread: number;
}

/**
 * - `alive`: the process exists.
 * - `dead`: it does not, or its id belongs to another process now.
 * - `unknown`: it cannot be seen from here (other machine, other container, a worker thread): only its beat tells.
 */
export type Verdict = 'alive' | 'dead' | 'unknown';

/** What the journal asks about processes; replaced in tests. */
export interface ProcessTable {
  readonly self: Owner;
  verdict(owner: Owner): Verdict;
}

const FOLDER_NAME = /^j1\.(?:free|([0-9a-f]+)\.(\d+)\.(\d+)\.(\d+))\.([0-9a-z]+)$/;

/** A folder of the root: its owner, or undefined when it was given back, and a name that stays the same for life. */
export interface FolderName {
  readonly owner: Owner | undefined;
  readonly token: string;
}

export function folderName({ owner, token }: FolderName): string {
  if (!owner) return `j1.free.${token}`;
  return `j1.${owner.machine}.${owner.pid}.${owner.start}.${owner.thread}.${token}`;
}

/** Undefined for a folder that is none of ours, or of a later version. */
export function parseFolderName(name: string): FolderName | undefined {
  const match = FOLDER_NAME.exec(name);
  if (!match) return undefined;
  const [, machine, pid, start = '0', thread, token = ''] = match;
  if (machine === undefined) return { owner: undefined, token };
  return { owner: { machine, pid: Number(pid), start, thread: Number(thread) }, token };
}

export function newToken(): string {
  return randomBytes(9).toString('hex');
}

/** The processes of this machine. */
export function machineProcesses(): ProcessTable {
  const self: Owner = {
    machine: machineName(),
    pid: process.pid,
    start: statOf('self')?.start ?? '0',
    thread: threadId,
  };
  return { self, verdict: (owner) => verdictOf(owner, self) };
}

function verdictOf(owner: Owner, self: Owner): Verdict {
  if (owner.machine !== self.machine) return 'unknown';
  if (!exists(owner.pid)) return 'dead';
  const stat = statOf(owner.pid);
  // Without a start time a reused process id cannot be told from the owner.
  if (!stat || owner.start === '0') return 'unknown';
  if (stat.start !== owner.start || stat.ended) return 'dead';
  return owner.thread === 0 || (owner.pid === self.pid && owner.thread === self.thread) ? 'alive' : 'unknown';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Start time and whether it is a zombie, from Linux' process table; undefined elsewhere. */
function statOf(pid: number | 'self'): { start: string; ended: boolean } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses and may contain anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const state = fields[0] ?? '';
    const start = fields[19];
    return start === undefined ? undefined : { start, ended: state === 'Z' || state === 'X' };
  } catch {
    return undefined;
  }
}

/**
 * Containers that share a volume have process ids of their own, often with the same host name; two boots of one machine
 * share ids as well. Where neither can be told (not Linux), the host name must do.
 */
function machineName(): string {
  let identity: string;
  try {
    identity = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() + readlinkSync('/proc/self/ns/pid');
  } catch {
    identity = `host ${hostname()}`;
  }
  return createHash('sha256').update(identity).digest('hex').slice(0, 12);
}
