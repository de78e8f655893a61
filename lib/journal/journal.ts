import type { Clock } from '../clock.js';
import type { EntryDraft, SealedPath } from '../protocol/entry.js';
import type { HeadCut } from '../protocol/head.js';
import { AdoptionScan, BEAT_MS, WATCH_MS } from './adoption.js';
import { BatchBuilder } from './batch-builder.js';
import { DiskPace } from './disk-pace.js';
import { type Batch, type BatchSource, GroupCommit } from './group-commit.js';
import { type JournalFs, nodeFs } from './journal-fs.js';
import { JournalImport } from './journal-import.js';
import { OwnFolder } from './own-folder.js';
import { machineProcesses, type ProcessTable } from './owner.js';
import { SealNote } from './seal-note.js';
import { SegmentLedger } from './segment-ledger.js';
import type { Recovered, Storage, StorageListener, StorageStats } from './storage.js';
import { reasonOf, Warnings } from './warnings.js';

export interface JournalOptions {
  /** Root folder; every process and worker thread makes a folder of its own in it. */
  readonly path: string;
  readonly clock: Clock;
  /** Write at every `append` and `seal` instead of in groups. @default false */
  readonly sync?: boolean;
  /** Longest time an entry waits in memory, in milliseconds. @default 20 */
  readonly commitIntervalMs?: number;
  /** Size from which a new segment is begun, in bytes. @default 4 MiB */
  readonly segmentBytes?: number;
  /** How often folders of dead processes are looked for, in milliseconds. @default 30 000 */
  readonly adoptIntervalMs?: number;
  /** Pause before a disk that failed is tried again, in milliseconds. @default 30 000 */
  readonly retryMs?: number;
  /** Never wait for a write on the main thread, as if the disk had been found slow; for tests. @default false */
  readonly slowDisk?: boolean;
  /** A scripted disk, for tests. @default Node's `fs` */
  readonly fs?: JournalFs;
  /** Scripted processes, for tests. @default those of this machine */
  readonly processes?: ProcessTable;
}

/**
 * Storage in append-only files; their format is described in `journal-format.ts`.
 *
 * What survives: everything written survives the end of the process, `kill -9` included, because the bytes are with the
 * operating system; so in groups at most the last `commitIntervalMs` are lost, with `sync` nothing. Nothing is flushed
 * to the device (`fdatasync` costs milliseconds): a power failure or a crash of the kernel loses what the kernel had not
 * written yet, usually the last seconds, and never damages older records.
 *
 * An owner that cannot be checked by process id (another container or machine on the same volume, a worker thread)
 * counts as dead when it shows no life for a minute. If it was only frozen for so long, it goes on in a new folder, and
 * entries that were not sealed may reach the server twice.
 */
export class JournalStorage implements Storage {
  readonly #options: JournalOptions;
  readonly #sync: boolean;
  readonly #fs: JournalFs;
  readonly #warnings = new Warnings();
  readonly #ledger = new SegmentLedger();
  readonly #own: OwnFolder;
  readonly #builder: BatchBuilder;
  readonly #commits: GroupCommit;
  readonly #imports: JournalImport;
  readonly #scan: AdoptionScan;
  /** Those who wait for a commit. */
  readonly #waiting = new Set<() => void>();
  #nextId = 1;
  #degraded: string | undefined;
  #listener: StorageListener | undefined;
  #opened: Promise<void> | undefined;
  #adopting: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;
  #stopBeat: (() => void) | undefined;
  #stopScan: (() => void) | undefined;

  constructor(options: JournalOptions) {
    const { path: root, clock, fs = nodeFs, processes = machineProcesses() } = options;
    this.#options = options;
    this.#sync = options.sync ?? false;
    this.#fs = fs;
    this.#own = new OwnFolder(fs, root, processes.self);
    this.#scan = new AdoptionScan(fs, clock, root, processes);
    this.#builder = new BatchBuilder({
      fs,
      ledger: this.#ledger,
      folder: () => this.#own.ensure(),
      folderLost: () => this.#folderLost(),
      segmentBytes: options.segmentBytes ?? 4 * 1024 * 1024,
      now: () => clock.now(),
    });
    this.#commits = new GroupCommit({
      fs,
      clock,
      intervalMs: options.commitIntervalMs ?? 20,
      retryMs: options.retryMs ?? 30_000,
      disk: new DiskPace(clock, options.slowDisk),
      source: this.#source(),
    });
    this.#imports = new JournalImport({
      fs,
      root,
      scan: this.#scan,
      ledger: this.#ledger,
      warnings: this.#warnings,
      ownFolder: this.#own,
      take: (drafts, before) => this.#take(drafts, before),
      note: (note) => this.#builder.note(note),
      commit: () => this.commit(),
      recovered: (found) => this.#handOut(found),
      stopped: () => this.#closed !== undefined,
    });
  }

  open(listener: StorageListener): Promise<void> {
    this.#opened ??= this.#start(listener);
    return this.#opened;
  }

  append(entry: EntryDraft): number {
    const id = this.#nextId++;
    if (this.#closed) return id;
    this.#builder.entries.push(id, entry);
    this.#changed(entry.timestamp);
    return id;
  }

  seal(ids: readonly number[], path: SealedPath, head: string, cut?: HeadCut): void {
    if (this.#closed || ids.length === 0) return;
    this.#builder.note(new SealNote(this.#nextId - 1, this.#ledger, ids, path, head, cut));
    this.#changed();
  }

  settle(entryIds: readonly number[]): void {
    if (this.#closed) return;
    for (const id of entryIds) this.#builder.settle(id);
    // A lost settlement costs a repetition the server recognises: never worth a write of its own.
    this.#commits.request();
  }

  commit(): Promise<void> {
    if (this.#closed || this.#commits.failing) return Promise.resolve();
    return this.#flush();
  }

  commitSync(): void {
    if (!this.#closed) this.#commits.now();
  }

  close(): Promise<void> {
    this.#closed ??= this.#stop();
    return this.#closed;
  }

  stats(): StorageStats {
    const { bytesWritten } = this.#builder;
    return this.#degraded === undefined ? { bytesWritten } : { bytesWritten, degraded: this.#degraded };
  }

  #changed(at?: number): void {
    if (this.#sync && !this.#commits.failing) this.#commits.now();
    else this.#commits.request(at);
  }

  #flush(): Promise<void> {
    if (!this.#builder.waiting && !this.#commits.writing) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done);
        resolve();
      };
      this.#waiting.add(done);
      this.#builder.note({ after: this.#nextId - 1, written: done });
      this.#commits.hurry();
    });
  }

  async #start(listener: StorageListener): Promise<void> {
    this.#listener = listener;
    this.#warnings.listen(listener);
    this.#adopting = this.#imports.run();
    await this.#adopting;
    if (this.#closed) return;
    this.#beatLater();
    this.#scanLater();
  }

  async #stop(): Promise<void> {
    this.#stopBeat?.();
    this.#stopScan?.();
    await this.#adopting;
    await this.#flush();
    this.#commits.close();
    const unfinished = await this.#imports.unfinished();
    const finished = this.#ledger.isSettled && !this.#builder.waiting && unfinished === 0;
    this.#builder.close();
    try {
      if (finished) await this.#own.remove();
      else await this.#own.release();
    } catch {
      // The folder keeps our name; it is adopted when this process has ended.
    }
  }

  #source(): BatchSource {
    const builder = this.#builder;
    return {
      get waiting() {
        return builder.waiting;
      },
      get urgent() {
        return builder.urgent;
      },
      next: (): Batch | undefined => builder.next(),
      failed: (error) => this.#failed(error),
      worked: () => {
        this.#degraded = undefined;
      },
    };
  }

  #take(drafts: readonly EntryDraft[], before: (firstId: number) => void): number {
    const firstId = this.#nextId;
    this.#nextId += drafts.length;
    before(firstId);
    for (const [index, draft] of drafts.entries()) this.#builder.entries.push(firstId + index, draft);
    this.#commits.request();
    return firstId;
  }

  #handOut(found: Recovered): void {
    try {
      this.#listener?.recovered(found);
    } catch (error) {
      this.#warnings.say('listener', `Recovered entries could not be taken over (${reasonOf(error)}).`);
    }
  }

  #failed(error: unknown): void {
    const place = this.#own.path ?? this.#options.path;
    const reason = reasonOf(error);
    const seconds = Math.round((this.#options.retryMs ?? 30_000) / 1000);
    this.#degraded = `cannot write to ${place}: ${reason}`;
    this.#warnings.say(
      `write ${(error as NodeJS.ErrnoException).code ?? reason}`,
      `The journal cannot write to ${place} (${reason}). New entries are kept in memory and are lost if the process ends ` +
        'before they are delivered. Free space there, give this process write access, or set storagePath to another ' +
        `folder. It is tried again every ${seconds} s.`,
    );
    this.#letGo();
  }

  #folderLost(): void {
    this.#warnings.say(
      'lost',
      `The journal folder ${this.#own.path} disappeared: it was deleted, or another process took it over because this ` +
        'one stood still for too long. A new one is used from now on; keep cleaning jobs away from storagePath.',
    );
    this.#own.abandon();
    this.#commits.drop();
    this.#builder.restart();
  }

  /** A commit that cannot happen must not keep anybody waiting. */
  #letGo(): void {
    for (const done of [...this.#waiting]) done();
  }

  #beatLater(): void {
    this.#stopBeat = this.#options.clock.after(BEAT_MS, () => {
      void this.#beat().finally(() => {
        if (!this.#closed) this.#beatLater();
      });
    });
  }

  async #beat(): Promise<void> {
    const path = this.#own.path;
    if (path === undefined) return;
    try {
      await this.#fs.touch(path, this.#options.clock.now());
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || this.#own.path !== path) return;
      this.#folderLost();
      this.#letGo();
    }
  }

  #scanLater(): void {
    const { clock, adoptIntervalMs = 30_000 } = this.#options;
    const pause = this.#scan.suspects ? Math.min(WATCH_MS, adoptIntervalMs) : adoptIntervalMs;
    this.#stopScan = clock.after(pause, () => {
      this.#adopting = this.#imports.run().finally(() => {
        if (!this.#closed) this.#scanLater();
      });
    });
  }
}
