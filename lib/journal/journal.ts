import { join } from 'node:path';
import type { Clock } from '../clock.js';
import type { Entry, SealedRequest } from '../protocol/entry.js';
import { GroupCommit, RETRY_MS } from './group-commit.js';
import { type JournalFs, nodeFs } from './journal-fs.js';
import { type Lease, SocketLease } from './lease.js';
import { NOTHING } from './memory.js';
import { folderName, freeName, namedToken, Recovery } from './recovery.js';
import type { Recovered, Room, Storage, StorageListener, StorageStats } from './storage.js';
import { reasonOf, Warnings } from './warnings.js';
import { adoptedFolder, JournalWriter } from './writer.js';

const RENEW_MS = 10_000;
const SCAN_MS = 30_000;

export interface JournalOptions {
  /** Folder of the journals of one app and server; may be shared by any number of processes. */
  readonly path: string;
  readonly clock: Clock;
  /** Write before `append` and `seal` return. @default false */
  readonly sync?: boolean;
  /** Longest time an entry waits for its write, in milliseconds. @default 20 */
  readonly commitIntervalMs?: number;
  /** Size from which a new segment is begun, in bytes. @default 4194304 */
  readonly segmentBytes?: number;
  /** Write in the background from the start, as for a disk that was found to be slow. @default false */
  readonly slowDisk?: boolean;
  /** Sixteen hexadecimal digits that stay in the names of the folders, whoever takes them over. */
  readonly name?: string;
  readonly fs?: JournalFs;
  readonly lease?: Lease;
  /** Told when this process has a place in the folder, which was made if need be. Must not throw. */
  readonly entered?: () => void;
}

/**
 * Keeps entries in append-only segments on disk. Everything written survives the end of the process, `kill -9` included,
 * because the bytes are with the operating system; so in groups at most the last `commitIntervalMs` are lost, with `sync`
 * nothing. Nothing is flushed to the device (`fdatasync` costs milliseconds): a power failure loses what the kernel had
 * not written yet, usually the last seconds, and never damages older records.
 */
export class JournalStorage implements Storage {
  readonly #fs: JournalFs;
  readonly #lease: Lease;
  readonly #warnings = new Warnings();
  readonly #writer: JournalWriter;
  readonly #commits: GroupCommit;
  readonly #recovery: Recovery;
  #folders = 0;
  #bytesWritten = 0;
  #degraded: string | undefined;
  #scanning: Promise<unknown> = Promise.resolve();
  #recovering: Promise<unknown> = Promise.resolve();
  #cancelScan: (() => void) | undefined;
  #cancelRenewal: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(private readonly options: JournalOptions) {
    const { clock, path: root, fs = nodeFs, lease = new SocketLease() } = options;
    this.#fs = fs;
    this.#lease = lease;
    const holdLease = () => this.#holdLease();
    this.#recovery = new Recovery({ fs, clock, root, lease, warnings: this.#warnings, holdLease });
    this.#writer = new JournalWriter({
      fs,
      segmentBytes: options.segmentBytes ?? 4 * 1024 * 1024,
      createFolder: () => this.#createFolder(),
      lost: () => this.#lost(),
      adopted: () => this.#recovery.folders,
      written: (bytes) => this.#written(bytes),
      failed: (error) => this.#failed(error),
    });
    const { commitIntervalMs = 20, slowDisk = false } = options;
    this.#commits = new GroupCommit(fs, clock, this.#writer, commitIntervalMs, slowDisk);
  }

  open(listener: StorageListener): void {
    if (this.#warnings.listener !== undefined || this.#closed !== undefined) return;
    this.#warnings.listen(listener);
    this.#scan();
  }

  append(entry: Entry): void {
    // What was recovered stands where it was.
    if (this.#closed !== undefined || adoptedFolder(entry) !== undefined) return;
    this.#writer.append(entry);
    this.#changed();
  }

  seal(request: SealedRequest): void {
    if (this.#closed !== undefined) return;
    this.#writer.seal(request);
    this.#changed();
  }

  settle(entries: readonly Entry[]): void {
    if (this.#closed !== undefined) return;
    for (const entry of entries) this.#writer.settle(entry);
    // What is settled as a whole is deleted, which needs no room on the disk.
    this.#sweep();
    // A lost settlement costs a repetition the server recognises: never worth a write of its own.
    this.#commits.request();
  }

  recover(room: Room): Promise<Recovered> {
    // One after the other: both would read the same.
    const taken = Promise.all([this.#scanning, this.#recovering]).then(() =>
      this.#closed === undefined ? this.#recovery.take(room) : NOTHING,
    );
    this.#recovering = taken;
    return taken;
  }

  commit(): Promise<void> {
    if (this.#closed !== undefined || this.#commits.failing) return Promise.resolve();
    return this.#flush();
  }

  commitSync(): void {
    if (this.#closed !== undefined) return;
    this.#check();
    this.#commits.now();
  }

  close(): Promise<void> {
    this.#closed ??= this.#stop();
    return this.#closed;
  }

  stats(): StorageStats {
    const bytesWritten = this.#bytesWritten;
    return this.#degraded === undefined ? { bytesWritten } : { bytesWritten, degraded: this.#degraded };
  }

  #changed(): void {
    if (this.options.sync === true && !this.#commits.failing) this.#commits.now();
    else this.#commits.request();
  }

  #flush(): Promise<void> {
    if (!this.#writer.waiting && !this.#commits.writing) return Promise.resolve();
    return new Promise((written) => {
      this.#writer.whenWritten(written);
      this.#commits.hurry();
    });
  }

  async #stop(): Promise<void> {
    const { path: root } = this.options;
    this.#check();
    this.#cancelScan?.();
    await Promise.all([this.#scanning, this.#recovering]);
    if (!this.#commits.failing) await this.#flush();
    else {
      // Deleting what is settled may have made the room for the rest.
      this.#sweep();
      this.#commits.last();
    }
    this.#commits.close();
    this.#writer.close();
    const { own, isSettled } = this.#writer;
    try {
      await own?.swept;
      if (own !== undefined && isSettled) await this.#fs.remove(own.path);
      else if (own !== undefined) await this.#fs.move(own.path, join(root, freeName(own.path)));
      await this.#recovery.close();
      if (this.#cancelRenewal !== undefined) this.#lease.release(root);
    } catch {
      // The folder keeps our name; it is adopted when this process has ended.
    }
    this.#cancelRenewal?.();
  }

  #createFolder(): string {
    this.#holdLease();
    const { name, path: root } = this.options;
    const token = name === undefined ? undefined : namedToken(name, this.#folders++);
    const path = join(root, folderName(this.#lease.owner, token));
    this.#fs.createFolder(path);
    return path;
  }

  #holdLease(): void {
    if (this.#cancelRenewal !== undefined) return;
    const { path: root } = this.options;
    this.#fs.createFolder(root);
    this.#lease.hold(root);
    this.options.entered?.();
    this.#renewLater();
  }

  #renewLater(): void {
    this.#cancelRenewal = this.options.clock.after(RENEW_MS, () => {
      this.#renewLater();
      this.#check();
    });
  }

  /** Shows others that this process lives, and looks whether what it keeps is still there. */
  #check(): void {
    if (this.#cancelRenewal === undefined) return;
    let lost = this.#recovery.check();
    if ((this.#writer.own?.missing() ?? []).length > 0) lost = true;
    try {
      this.#lease.renew(this.options.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') lost = true;
    }
    if (lost) this.#lost();
  }

  #written(bytes: number): void {
    this.#degraded = undefined;
    this.#bytesWritten += bytes;
    this.#recovery.sweep();
  }

  #sweep(): void {
    this.#writer.own?.sweep();
    this.#recovery.sweep();
  }

  #failed(error: unknown): void {
    const { path } = this.options;
    const reason = reasonOf(error);
    this.#degraded = `cannot write to ${path}: ${reason}`;
    this.#warnings.say(
      `write ${(error as NodeJS.ErrnoException).code ?? reason}`,
      `The journal cannot write to ${path} (${reason}). New entries are kept in memory and are lost if the process ends ` +
        'before they are delivered. Free space there, give this process write access, or set storagePath to another ' +
        `folder. It is tried again every ${RETRY_MS / 1000} s.`,
    );
    this.#recovery.sweep();
  }

  /** What waits is written anew, to a new folder under a new lease. */
  #lost(): void {
    const { path } = this.options;
    this.#warnings.say(
      'lost',
      `Files of the journal in ${path} disappeared while they were used. What waits is written to new ones; keep ` +
        'cleaning jobs away from storagePath.',
    );
    this.#cancelRenewal?.();
    this.#cancelRenewal = undefined;
    try {
      this.#lease.release(path);
    } catch {
      // The disk does not work; another lease is taken when something is written.
    }
    this.#commits.drop();
    const former = this.#writer.restart();
    this.#warnings.tell((listener) => listener.lost());
    this.#commits.request();
    if (former !== undefined) void this.#replace(former);
  }

  /** What is left of a folder goes once what waits stands in another one: it would be recovered twice. */
  async #replace(former: string): Promise<void> {
    // Also when it was found out in the middle of a write.
    await Promise.resolve();
    await this.#flush();
    if (!this.#commits.failing) await this.#fs.remove(former).catch(() => {});
  }

  #scan(): void {
    this.#scanning = this.#recovery.scan().then((found) => {
      if (this.#closed !== undefined) return;
      this.#cancelScan = this.options.clock.after(this.#recovery.lookAgain ?? SCAN_MS, () => this.#scan());
      if (found) this.#warnings.tell((listener) => listener.found());
    });
  }
}
