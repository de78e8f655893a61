import { join } from 'node:path';
import type { Clock } from '../clock.js';
import type { Entry, SealedRequest } from '../protocol/entry.js';
import { inRuns, readInTurns, type Seal } from './codec.js';
import { Folder, segmentNames } from './folder.js';
import type { JournalFs } from './journal-fs.js';
import { isOwner, type Lease, leaseName, leaseOwner } from './lease.js';
import { Segment } from './segment.js';
import type { Recovered, Room } from './storage.js';
import { reasonOf, type Warnings } from './warnings.js';

/** An owner that cannot be asked is given up when its lease was not renewed for this long … */
const STALE_MS = 300_000;
/** … and was seen not to be for this long: clocks differ, and a machine that slept must get time to renew it. */
const WATCH_MS = 15_000;
/** What keeps a file from being read now and may pass. */
const PASSING = new Set<unknown>(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EBUSY']);
const FOLDER_NAME = /^j2\.(?:free|([0-9a-z]+))\.([0-9a-z]+)$/;

export function folderName(owner: string | undefined, token: string): string {
  return `j2.${owner ?? 'free'}.${token}`;
}

export interface RecoveryOptions {
  readonly fs: JournalFs;
  readonly clock: Clock;
  /** The folder of all journals. */
  readonly root: string;
  readonly lease: Lease;
  readonly warnings: Warnings;
  /** Makes sure that this process has a lease. Throws when it can have none. */
  readonly holdLease: () => void;
  readonly newToken: () => string;
}

/** A folder that was taken over, and how far it was read. */
interface Adopted {
  readonly folder: Folder;
  /** Names of segments that were not read yet; undefined until they are known. */
  names: string[] | undefined;
  /** Read, and not handed out for want of room. */
  entries: Entry[];
  sealed: SealedRequest[];
  /** Requests some entries of which stand in segments that are still to be read, by the ids of their entries. */
  readonly open: Map<number, OpenSeal>;
  /** Something in it could not be read: it is left for a person to look at. */
  unreadable: boolean;
}

interface OpenSeal extends Seal {
  readonly entries: Entry[];
}

/**
 * Takes over the journals of processes that have died, by renaming their folders: that is atomic, so one process gets each.
 * They are read as there is room, a segment at a time, and stay where they are until all in them is settled.
 */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #adopted: Adopted[] = [];
  #removing: Promise<unknown> = Promise.resolve();
  #watched = new Map<string, { readonly touched: number; readonly since: number }>();

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** Folders that are ours now. */
  get folders(): readonly Folder[] {
    return this.#adopted.map(({ folder }) => folder);
  }

  /** Milliseconds after which looking around again is worth it, if soon. */
  get lookAgain(): number | undefined {
    return this.#watched.size > 0 ? WATCH_MS : undefined;
  }

  /** Looks for journals nobody owns; true when one was taken over. Never rejects. */
  async scan(): Promise<boolean> {
    const { fs, root, lease } = this.#options;
    const watched = new Map<string, { touched: number; since: number }>();
    const verdicts = new Map<string, boolean>();
    let found = false;
    // A root that does not exist has nothing to adopt; one that cannot be read cannot be written to, which is told then.
    for (const name of (await fs.list(root).catch(() => [])).sort()) {
      // A lease outlives its folders when all in them was settled.
      const [, owner, token] = FOLDER_NAME.exec(name) ?? [name, leaseOwner(name)];
      if ((owner ?? token) === undefined || owner === lease.owner) continue;
      if (token !== undefined && !(await this.#isOurs(name))) continue;
      if (owner === undefined) found = (await this.#adopt(name)) || found;
      else if (!verdicts.has(owner)) verdicts.set(owner, await this.#isDead(owner, watched));
    }
    for (const [owner, dead] of verdicts) if (dead) found = (await this.#inherit(owner)) || found;
    this.#watched = watched;
    return found;
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
    for (const adopted of this.#adopted) {
      for (;;) {
        while (adopted.sealed[0] !== undefined && fits(adopted.sealed[0].entries)) {
          sealed.push(adopted.sealed.shift() as SealedRequest);
        }
        let count = 0;
        while (adopted.entries[count] !== undefined && fits([adopted.entries[count] as Entry])) count++;
        for (const entry of adopted.entries.splice(0, count)) entries.push(entry);
        // What is read and not handed out takes memory, so there is at most a segment of that.
        if (adopted.sealed.length + adopted.entries.length > 0) left = 0;
        if (left <= 0 || bytes <= 0 || !(await this.#readNext(adopted))) break;
      }
    }
    this.sweep();
    entries.sort((a, b) => a.id - b.id);
    return { entries, sealed, nextId: this.#nextId() };
  }

  /** Gives back the folders that still hold something, and removes the others. */
  async close(): Promise<void> {
    const { fs, root, newToken } = this.#options;
    for (const { folder, names, entries, sealed, unreadable } of this.#adopted.splice(0)) {
      folder.close();
      await folder.swept();
      const empty = folder.isSettled && names?.length === 0 && entries.length + sealed.length === 0 && !unreadable;
      await (empty
        ? fs.remove(folder.path)
        : fs.move(folder.path, join(root, folderName(undefined, newToken())))
      ).catch(
        // The folder keeps our name; it is adopted when this process has ended.
        () => {},
      );
    }
    await this.#removing;
  }

  async #isOurs(name: string): Promise<boolean> {
    const { fs, root, warnings } = this.#options;
    const look = await fs.look(join(root, name)).catch(() => undefined);
    if (look?.folder !== true) return false;
    if (!look.ours) {
      const path = join(root, name);
      warnings.say(
        'foreign',
        `The journal ${path} is not used: it belongs to another user, or others may write to it. If it is yours, make ` +
          'this process its owner and take the right to write from all others.',
      );
    }
    return look.ours;
  }

  async #isDead(owner: string, watched: Map<string, { touched: number; since: number }>): Promise<boolean> {
    const { fs, root, lease, clock } = this.#options;
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
  async #inherit(owner: string): Promise<boolean> {
    const { fs, root } = this.#options;
    const folders = async () => (await fs.list(root)).filter((name) => FOLDER_NAME.exec(name)?.[1] === owner);
    let found = false;
    try {
      for (const name of await folders()) if (await this.#isOurs(name)) found = (await this.#adopt(name)) || found;
      if ((await folders()).length === 0) await fs.remove(join(root, leaseName(owner)));
    } catch {
      // The disk does not work, or the lease is gone already.
    }
    return found;
  }

  async #adopt(name: string): Promise<boolean> {
    const { fs, root, lease, holdLease, newToken } = this.#options;
    try {
      holdLease();
      const path = join(root, folderName(lease.owner, newToken()));
      await fs.move(join(root, name), path);
      const folder = new Folder(fs, path);
      this.#adopted.push({ folder, names: undefined, entries: [], sealed: [], open: new Map(), unreadable: false });
      return true;
    } catch {
      // Another process was faster, or the disk does not work.
      return false;
    }
  }

  /** Reads the next segment; false when there is none, or it cannot be read now. */
  async #readNext(adopted: Adopted): Promise<boolean> {
    const { fs, warnings, root } = this.#options;
    const { folder } = adopted;
    try {
      adopted.names ??= segmentNames(await fs.list(folder.path));
      const name = adopted.names[0];
      if (name === undefined) return this.#giveUpOpen(adopted);
      const path = folder.at(name);
      const content = await readInTurns(await fs.read(path), folder);
      adopted.names.shift();
      const { damaged, end, settled, entries, seals } = content;
      const segment = new Segment(fs, path, end);
      const isSettled = inRuns(settled);
      const live = entries.filter(({ id }) => !isSettled(id));
      for (const { id } of live) segment.add(id);
      folder.add(segment);
      this.#assign(adopted, live, seals);
      if (damaged > 0) {
        warnings.say(
          'damaged',
          `${damaged} damaged batch(es) in a journal below ${root} could not be recovered; all others were. Check the ` +
            'disk, and that nothing but this library writes there.',
        );
      }
    } catch (error) {
      if (PASSING.has((error as NodeJS.ErrnoException).code)) return false;
      const name = adopted.names?.shift();
      adopted.names ??= [];
      adopted.unreadable = true;
      warnings.say(
        'unreadable',
        `Part of a journal below ${root} could not be read (${name ?? 'its folder'}: ${reasonOf(error)}). It is left there.`,
      );
    }
    return true;
  }

  /** Sorts entries into those of sealed requests and the others. The last seal of an entry holds. */
  #assign(adopted: Adopted, live: readonly Entry[], seals: readonly Seal[]): void {
    const { open } = adopted;
    for (const seal of seals) {
      const request: OpenSeal = { ...seal, entries: [] };
      for (const id of seal.ids) open.set(id, request);
    }
    for (const entry of live) {
      const request = open.get(entry.id);
      if (request === undefined) adopted.entries.push(entry);
      else request.entries.push(entry);
    }
    const last = live.at(-1)?.id ?? 0;
    for (const request of new Set(open.values())) {
      const { path, head, ids, entries } = request;
      if (!entries[0] || (entries.length < ids.length && Math.max(...ids) > last)) continue;
      for (const id of ids) if (open.get(id) === request) open.delete(id);
      const byId = new Map(entries.map((entry) => [entry.id, entry]));
      const all = ids.map((id) => byId.get(id));
      // One that lost entries cannot leave with the same bytes again: the rest is as good as unsealed.
      if (all.includes(undefined)) adopted.entries.push(...entries);
      else adopted.sealed.push({ deviceId: entries[0].deviceId, path, head, entries: all as Entry[] });
    }
    adopted.entries.sort((a, b) => a.id - b.id);
  }

  /** What should have completed these requests is not there. */
  #giveUpOpen({ open, entries }: Adopted): boolean {
    const requests = new Set(open.values());
    open.clear();
    for (const request of requests) entries.push(...request.entries);
    entries.sort((a, b) => a.id - b.id);
    return entries.length > 0;
  }

  #nextId(): number | undefined {
    let next: number | undefined;
    for (const { names, entries, sealed, open } of this.#adopted) {
      const requests = [...sealed, ...new Set(open.values())].flatMap((request) => request.entries);
      const waiting = [...entries.slice(0, 1), ...requests];
      for (const { id } of waiting) next = Math.min(next ?? id, id);
      // What was not read may hold anything.
      if (waiting.length === 0 && names?.length !== 0) next = 0;
    }
    return next;
  }

  /** Forgets the files that somebody deleted; true when there was one. */
  async check(): Promise<boolean> {
    let lost = false;
    for (const { folder } of [...this.#adopted]) {
      const missing = await folder.missing();
      folder.forget(missing);
      if (missing.length > 0) lost = true;
    }
    return lost;
  }

  /** Removes what is settled. */
  sweep(): void {
    for (const adopted of [...this.#adopted]) {
      const { folder, names, entries, sealed, unreadable } = adopted;
      folder.sweep();
      if (unreadable || names?.length !== 0 || entries.length + sealed.length + folder.segments.length > 0) continue;
      this.#adopted.splice(this.#adopted.indexOf(adopted), 1);
      const removed = folder.swept().then(() => this.#options.fs.remove(folder.path));
      this.#removing = Promise.all([this.#removing, removed.catch(() => {})]);
    }
  }
}
