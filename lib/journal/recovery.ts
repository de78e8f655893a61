import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import type { Clock } from '../clock.js';
import type { Entry, SealedRequest } from '../protocol/entry.js';
import { AdoptedFolder } from './adopted-folder.js';
import type { JournalFs } from './journal-fs.js';
import { isOwner, type Lease, leaseName, leaseOwner } from './lease.js';
import type { Recovered, Room } from './storage.js';
import type { Warnings } from './warnings.js';

/** An owner that cannot be asked is given up when its lease was not renewed for this long … */
const STALE_MS = 300_000;
/** … and was seen not to be for this long: clocks differ, and a machine that slept must get time to renew it. */
const WATCH_MS = 15_000;
const NAMED_TOKEN = /^w([0-9a-f]{16})[0-9a-z]+$/;
const FOLDER_NAME = /^j2\.(?:free|([0-9a-z]+))\.([0-9a-z]+)$/;

/** A name no other folder has. */
export function folderName(owner: string | undefined, token = randomBytes(9).toString('hex')): string {
  return `j2.${owner ?? 'free'}.${token}`;
}

/** What stays of a folder's name, whoever owns it. */
function tokenOf(name: string): string | undefined {
  return FOLDER_NAME.exec(name)?.[2];
}

/** The name of a folder that has no owner any more. */
export function freeName(path: string): string {
  return folderName(undefined, tokenOf(basename(path)));
}

/** A token for the folders of a process with a name; `sequence` tells them apart. */
export function namedToken(name: string, sequence: number): string {
  return `w${name}${sequence.toString(36)}`;
}

/** The name of the process that accepted an entry which was recovered, if it had one. */
export function nameInJournal({ origin }: Entry): string | undefined {
  return origin instanceof AdoptedFolder ? NAMED_TOKEN.exec(tokenOf(basename(origin.path)) ?? '')?.[1] : undefined;
}

export interface RecoveryOptions {
  readonly fs: JournalFs;
  readonly clock: Clock;
  readonly root: string;
  readonly lease: Lease;
  readonly warnings: Warnings;
  /** Makes sure that this process has a lease. Throws when it can have none. */
  readonly holdLease: () => void;
}

/**
 * Takes over the journals of processes that have died, by renaming their folders: that is atomic, so one process gets each.
 * They are read as there is room, a segment at a time, and stay where they are until all in them is settled.
 */
export class Recovery {
  readonly folders: AdoptedFolder[] = [];
  #removing: Promise<unknown> = Promise.resolve();
  #adoptions = 0;
  #watched = new Map<string, { readonly touched: number; readonly since: number }>();

  constructor(private readonly options: RecoveryOptions) {}

  /** Milliseconds after which looking around again is worth it, if soon. */
  get lookAgain(): number | undefined {
    return this.#watched.size > 0 ? WATCH_MS : undefined;
  }

  /** Looks for journals nobody owns; true when one was taken over. Never rejects. */
  async scan(): Promise<boolean> {
    const { fs, root, lease } = this.options;
    const watched = new Map<string, { touched: number; since: number }>();
    const verdicts = new Map<string, boolean>();
    const before = this.#adoptions;
    // A root that does not exist has nothing to adopt; one that cannot be read cannot be written to, which is told then.
    for (const name of (await fs.list(root).catch(() => [])).sort()) {
      // A lease outlives its folders when all in them was settled.
      const [, owner, token] = FOLDER_NAME.exec(name) ?? [name, leaseOwner(name)];
      if ((owner ?? token) === undefined || owner === lease.owner) continue;
      if (token !== undefined && !(await this.#isOurs(name))) continue;
      if (owner === undefined) await this.#adopt(name);
      else if (!verdicts.has(owner)) verdicts.set(owner, await this.#isDead(owner, watched));
    }
    for (const [owner, dead] of verdicts) if (dead) await this.#inherit(owner);
    this.#watched = watched;
    return this.#adoptions > before;
  }

  /** Hands out the oldest entries there is room for. Never rejects. */
  async take(room: Room): Promise<Recovered> {
    const entries: Entry[] = [];
    const sealed: SealedRequest[] = [];
    let left = room.entries;
    let bytes = room.bytes;
    let first = true;
    const fits = (those: readonly Entry[]): boolean => {
      const size = those.reduce((sum, { body }) => sum + body.length, 0);
      if (left <= 0 || (!first && (those.length > left || size > bytes))) return false;
      first = false;
      left -= those.length;
      bytes -= size;
      return true;
    };
    for (const adopted of this.folders) {
      for (;;) {
        while (adopted.sealed[0] !== undefined && fits(adopted.sealed[0].entries)) {
          sealed.push(adopted.sealed.shift() as SealedRequest);
        }
        let count = 0;
        while (adopted.entries[count] !== undefined && fits([adopted.entries[count] as Entry])) count++;
        for (const entry of adopted.entries.splice(0, count)) entries.push(entry);
        // What is read and not handed out takes memory, so there is at most a segment of that.
        if (adopted.hasRead) left = 0;
        if (left <= 0 || bytes <= 0 || !(await adopted.readNext())) break;
      }
    }
    this.sweep();
    entries.sort((a, b) => a.id - b.id);
    const next = this.folders.flatMap(({ nextId }) => nextId ?? []);
    return { entries, sealed, nextId: next.length === 0 ? undefined : Math.min(...next) };
  }

  /** Gives back the folders that still hold something, and removes the others. */
  async close(): Promise<void> {
    const { fs, root } = this.options;
    for (const folder of this.folders.splice(0)) {
      const { isDone, path } = folder;
      folder.close();
      await folder.swept;
      // If it fails the folder keeps our name; it is adopted when this process has ended.
      await (isDone ? fs.remove(path) : fs.move(path, join(root, freeName(path)))).catch(() => {});
    }
    await this.#removing;
  }

  async #isOurs(name: string): Promise<boolean> {
    const { fs, root, warnings } = this.options;
    const look = await fs.look(join(root, name)).catch(() => undefined);
    if (look?.folder !== true) return false;
    if (!look.ours) {
      warnings.say(
        'foreign',
        `The journal ${join(root, name)} is not used: it belongs to another user, or others may write to it. If it is ` +
          'yours, make this process its owner and take the right to write from all others; a group may keep it that may ' +
          'write to the folder above as well and that this process is in.',
      );
    }
    return look.ours;
  }

  async #isDead(owner: string, watched: Map<string, { touched: number; since: number }>): Promise<boolean> {
    const { fs, root, lease, clock } = this.options;
    const verdict = isOwner(owner) ? await lease.ask(root, owner).catch(() => 'unknown') : 'unknown';
    if (verdict !== 'unknown') return verdict === 'dead';
    const look = await fs.look(join(root, leaseName(owner))).catch(() => undefined);
    const touched = look?.touched ?? 0;
    if (clock.now() - touched < STALE_MS) return false;
    const before = this.#watched.get(owner);
    const now = clock.monotonic();
    const seen = before?.touched === touched ? before : { touched, since: now };
    watched.set(owner, seen);
    return now - seen.since >= WATCH_MS;
  }

  /**
   * Takes over everything of a dead owner, also what it took over itself after the folders were listed. Its lease goes
   * last: without it nobody could tell that the owner is dead.
   */
  async #inherit(owner: string): Promise<void> {
    const { fs, root } = this.options;
    const folders = async () => (await fs.list(root)).filter((name) => FOLDER_NAME.exec(name)?.[1] === owner);
    try {
      for (const name of await folders()) if (await this.#isOurs(name)) await this.#adopt(name);
      if ((await folders()).length === 0) await fs.remove(join(root, leaseName(owner)));
    } catch {
      // The disk does not work, or the lease is gone already.
    }
  }

  async #adopt(name: string): Promise<void> {
    const { fs, root, lease, holdLease, warnings } = this.options;
    try {
      holdLease();
      const path = join(root, folderName(lease.owner, tokenOf(name)));
      await fs.move(join(root, name), path);
      // What was looked at may have been replaced in between.
      if (!(await this.#isOurs(basename(path)))) return;
      this.folders.push(new AdoptedFolder(fs, path, warnings));
      this.#adoptions++;
    } catch {
      // Another process was faster, or the disk does not work.
    }
  }

  /** Forgets the files that somebody deleted; true when there was one. */
  check(): boolean {
    let lost = false;
    for (const folder of [...this.folders]) {
      const missing = folder.missing();
      folder.forget(missing);
      if (missing.length > 0) lost = true;
    }
    return lost;
  }

  sweep(): void {
    for (const folder of [...this.folders]) {
      folder.sweep();
      if (!folder.isDone) continue;
      this.folders.splice(this.folders.indexOf(folder), 1);
      const removed = folder.swept.then(() => this.options.fs.remove(folder.path));
      this.#removing = Promise.all([this.#removing, removed.catch(() => {})]);
    }
  }
}
