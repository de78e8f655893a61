import { counted } from '../check.js';
import type { Entry, SealedRequest } from '../protocol/entry.js';
import { inRuns, readInTurns, type Seal } from './codec.js';
import { Folder, segmentFileNames } from './folder.js';
import type { JournalFs } from './journal-fs.js';
import { SegmentFile } from './segment.js';
import { reasonOf, type Warnings } from './warnings.js';

/** What keeps a file from being read now and may pass. */
const PASSING = new Set<unknown>(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EBUSY']);

type OpenSeal = Seal & { readonly entries: Entry[] };

/** A folder that was taken over, read a segment at a time. What is settled in it is written to its own files. */
export class AdoptedFolder extends Folder {
  /** Read, and not handed out for want of room. */
  readonly entries: Entry[] = [];
  readonly sealed: SealedRequest[] = [];
  /** Names of segments that were not read yet; undefined until they are known. */
  #names: string[] | undefined;
  /** Requests some entries of which stand in segments that are still to be read, by the ids of their entries. */
  readonly #open = new Map<number, OpenSeal>();
  /** Something in it could not be read: it is left for a person to look at. */
  #unreadable = false;

  constructor(
    fs: JournalFs,
    path: string,
    private readonly warnings: Warnings,
  ) {
    super(fs, path);
  }

  get hasRead(): boolean {
    return this.entries.length + this.sealed.length > 0;
  }

  get isDone(): boolean {
    return this.isSettled && this.#names?.length === 0 && !this.hasRead && !this.#unreadable;
  }

  /** No entry that is still to come has a smaller id; undefined when none is. */
  get nextId(): number | undefined {
    const requests = [...this.sealed, ...new Set(this.#open.values())].flatMap((request) => request.entries);
    const waiting = [...this.entries.slice(0, 1), ...requests].map(({ id }) => id);
    if (waiting.length > 0) return Math.min(...waiting);
    // What was not read may hold anything.
    return this.#names?.length === 0 ? undefined : 0;
  }

  /** Reads the next segment; false when there is none, or it cannot be read now. */
  async readNext(): Promise<boolean> {
    try {
      this.#names ??= segmentFileNames(await this.fs.list(this.path));
      const name = this.#names[0];
      if (name === undefined) {
        // What should have completed the open requests is not there.
        this.#assign([], [], Number.POSITIVE_INFINITY);
        return this.entries.length > 0;
      }
      const path = this.at(name);
      const { damaged, end, settled, entries, seals } = await readInTurns(await this.fs.read(path), this);
      this.#names.shift();
      const segment = new SegmentFile(this.fs, path, end);
      const isSettled = inRuns(settled);
      const live = entries.filter(({ id }) => !isSettled(id));
      for (const { id } of live) segment.add(id);
      this.add(segment);
      this.#assign(live, seals);
      if (damaged > 0) {
        this.warnings.say(
          'damaged',
          `${counted(damaged, 'damaged batch')} of the journal ${this.path} could not be recovered; all others were. Check the ` +
            'disk, and that nothing but this library writes there.',
        );
      }
    } catch (error) {
      if (PASSING.has((error as NodeJS.ErrnoException).code)) return false;
      const name = this.#names?.shift() ?? 'its list of files';
      this.#names ??= [];
      this.#unreadable = true;
      const text = `Part of the journal ${this.path} could not be read (${name}: ${reasonOf(error)}). It is left there.`;
      this.warnings.say('unreadable', text);
    }
    return true;
  }

  /** Sorts entries into those of sealed requests and the others. The last seal of an entry holds. */
  #assign(live: readonly Entry[], seals: readonly Seal[], last = live.at(-1)?.id ?? 0): void {
    const open = this.#open;
    for (const seal of seals) {
      const request: OpenSeal = { ...seal, entries: [] };
      for (const id of seal.ids) open.set(id, request);
    }
    for (const entry of live) (open.get(entry.id)?.entries ?? this.entries).push(entry);
    for (const request of new Set(open.values())) {
      const { path, head, ids, entries } = request;
      if (!entries[0] || (entries.length < ids.length && Math.max(...ids) > last)) continue;
      for (const id of ids) if (open.get(id) === request) open.delete(id);
      const byId = new Map(entries.map((entry) => [entry.id, entry]));
      const all = ids.map((id) => byId.get(id));
      // One that lost entries cannot leave with the same bytes again: the rest is as good as unsealed.
      if (all.includes(undefined)) this.entries.push(...entries);
      else this.sealed.push({ deviceId: entries[0].deviceId, path, head, entries: all as Entry[] });
    }
    this.entries.sort((a, b) => a.id - b.id);
  }
}
