import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** `dead`: nobody answers where only it could. `unknown`: it cannot be seen from here, only the time of its lease tells. */
export type Verdict = 'alive' | 'dead' | 'unknown';

const LEASE_END = '.lease';
const OWNER = /^[sf][0-9a-f]{8}[0-9a-f]{16}$/;

export function isOwner(name: string): boolean {
  return OWNER.test(name);
}

export function leaseName(owner: string): string {
  return `${owner}${LEASE_END}`;
}

/** Whose lease a file is, if it is one. */
export function leaseOwner(file: string): string | undefined {
  const owner = file.slice(0, -LEASE_END.length);
  return file.endsWith(LEASE_END) && isOwner(owner) ? owner : undefined;
}

/**
 * A lease on a local socket: the operating system answers for a process that lives, however busy it is, and stops in the
 * moment it dies. An owner says in its name in which running system that holds (`s` and a digest), so that another one is
 * not taken for proof; and where there can be no socket (`f`) only the time of the file tells.
 */
export class SocketLease {
  /** Stands in the names of the owner's folders. */
  owner = ownerName('f');
  #server: Server | undefined;

  /** Takes effect in a root folder that exists. */
  hold(root: string): void {
    if (this.#server !== undefined) return;
    // The same as before, if there was one: folders may carry it in their names.
    const owner = this.owner.startsWith('s') ? this.owner : ownerName('s');
    try {
      this.#listen(root, owner);
      this.owner = owner;
    } catch {
      this.#close();
      this.owner = ownerName('f');
      writeFileSync(join(root, leaseName(this.owner)), '', { mode: 0o600 });
    }
  }

  /** Shows that the owner lives to those who cannot ask. Throws `ENOENT` when the lease was taken away. */
  renew(root: string): void {
    const now = Date.now() / 1000;
    utimesSync(join(root, leaseName(this.owner)), now, now);
  }

  release(root: string): void {
    this.#close();
    rmSync(join(root, leaseName(this.owner)), { force: true });
  }

  async ask(root: string, owner: string): Promise<Verdict> {
    if (owner === this.owner) return 'alive';
    const here = owner.startsWith('s') && owner.slice(1, 9) === SYSTEM;
    if (!here) return 'unknown';
    const answer = await answerOf(root, owner);
    if (answer === 'alive' || answer === 'EAGAIN') return 'alive';
    // Where the socket is a file, one that was deleted proves nothing.
    return answer === 'ECONNREFUSED' || (answer === 'ENOENT' && process.platform === 'win32') ? 'dead' : 'unknown';
  }

  #listen(root: string, owner: string): void {
    const server = createServer((socket) => socket.destroy());
    this.#server = server;
    server.unref();
    server.on('error', () => {});
    // Not through the primary of a cluster, which would answer for a worker that has died.
    atAddress(root, owner, (path) => server.listen({ path, exclusive: true }));
    if (!server.listening) throw new Error('no socket');
    if (process.platform === 'win32') writeFileSync(join(root, leaseName(owner)), '', { mode: 0o600 });
  }

  #close(): void {
    this.#server?.close();
    this.#server = undefined;
  }
}

/** Proof that the owner of journal folders lives, and a question for the proof of others. */
export type Lease = Pick<SocketLease, 'owner' | 'hold' | 'renew' | 'release' | 'ask'>;

/** `alive`, or the code of the error. */
async function answerOf(root: string, owner: string): Promise<string> {
  try {
    const socket = atAddress(root, owner, (address) => connect(address)).unref();
    await once(socket, 'connect');
    socket.destroy();
    return 'alive';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? '';
  }
}

/** The running system, or nothing that any other process has. */
const SYSTEM = createHash('sha256').update(systemText()).digest('hex').slice(0, 8);

function systemText(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
  } catch {
    return process.platform === 'linux' ? randomBytes(16).toString('hex') : hostname();
  }
}

function ownerName(kind: 's' | 'f'): string {
  return `${kind}${SYSTEM}${randomBytes(8).toString('hex')}`;
}

/** The address of a socket has room for a hundred characters; on Linux a path through an open folder is always short. */
function atAddress<T>(root: string, owner: string, use: (address: string) => T): T {
  if (process.platform === 'win32') return use(`\\\\.\\pipe\\countly-weave-${owner}`);
  if (process.platform !== 'linux') return use(join(root, leaseName(owner)));
  const folder = openSync(root, 'r');
  try {
    return use(`/proc/self/fd/${folder}/${leaseName(owner)}`);
  } finally {
    closeSync(folder);
  }
}
