import type { Entry, SealedRequest } from '../protocol/entry.js';
import { BatchWriter } from './codec.js';
import { Folder, segmentFileName } from './folder.js';
import type { JournalFs } from './journal-fs.js';
import { type Batch, SegmentFile } from './segment.js';
import { WaitingEntries } from './waiting-entries.js';

/** Making a batch blocks the event loop: so much, or so many, take less than half a millisecond. */
const BATCH_SIZE = 64 * 1024;
const BATCH_ENTRIES = 512;
/** With nothing left to deliver, a segment beyond this size is given up: delivered data should not lie around. */
const SETTLED_BYTES = 64 * 1024;

/** What follows once all entries up to `after` are in a batch: a seal, or somebody who waits for a commit. */
interface Note {
  readonly after: number;
  readonly request?: SealedRequest;
  readonly written?: () => void;
}

export interface WriterOptions {
  readonly fs: JournalFs;
  readonly segmentBytes: number;
  /** Makes the folder to write to. Throws the system's error when there can be none. */
  readonly createFolder: () => string;
  /** The folder disappeared; what waits is appended again before this returns. */
  readonly lost: () => void;
  /** What was adopted, which gets its seals and settlements from here. */
  readonly adopted: () => readonly Folder[];
  readonly written: (bytes: number) => void;
  readonly failed: (error: unknown) => void;
}

/** Makes batches of what is to be written: entries in the order they came, what is said of them after them. */
export class JournalWriter {
  own: Folder | undefined;
  readonly #entries = new WaitingEntries();
  #notes: Note[] = [];
  /** Those whose records are in batches that may not be written yet. */
  #almostDone: (() => void)[] = [];
  #sequence = 0;
  #lastId = 0;

  constructor(private readonly options: WriterOptions) {}

  get isSettled(): boolean {
    return this.#entries.size === 0 && this.own?.isSettled !== false;
  }

  get waiting(): boolean {
    return this.#entries.size > 0 || this.#notes.length > 0 || this.#hasNews;
  }

  /** True while so much waits that the next batch should follow at once. */
  get urgent(): boolean {
    return this.#entries.size > BATCH_ENTRIES;
  }

  append(entry: Entry): void {
    this.#lastId = entry.id;
    this.#entries.push(entry);
  }

  seal(request: SealedRequest): void {
    this.#notes.push({ after: this.#lastId, request });
  }

  settle(entry: Entry): void {
    const { id } = entry;
    const adopted = adoptedFolder(entry);
    if (adopted !== undefined) adopted.settle(id);
    else if (!this.#entries.drop(id)) this.own?.settle(id);
  }

  /** Calls back when everything taken so far is written, or cannot be. */
  whenWritten(written: () => void): void {
    this.#notes.push({ after: this.#lastId, written });
  }

  /**
   * Entries as many as make a batch, with what is to be said of those in the same segment; then what is left to say.
   * Throws when there is no place to write to.
   */
  next(): Batch | undefined {
    // Where entries never stop coming, what is said of older segments would wait for ever, and who waits for a commit with it.
    const awaited = this.#almostDone.length > 0 ? this.news() : undefined;
    if (awaited !== undefined) return awaited;
    if (this.#entries.size > 0) {
      const segment = this.#segmentForEntries();
      const batch = new BatchWriter();
      let taken = 0;
      this.#entries.take((entry) => {
        segment.add(entry.id);
        batch.entry(entry);
        return ++taken < BATCH_ENTRIES && batch.size < BATCH_SIZE;
      });
      this.#takeNotes();
      this.own?.write(segment, batch);
      return segment.place(batch.bytes());
    }
    this.#takeNotes();
    const news = this.news();
    if (news === undefined) this.#letGo();
    return news;
  }

  /** What is to be said of entries that are written. */
  news(): Batch | undefined {
    let news = this.own?.news();
    for (const folder of this.options.adopted()) news ??= folder.news();
    return news;
  }

  written({ bytes }: Batch): void {
    if ((this.own?.current?.position ?? 0) >= SETTLED_BYTES && this.isSettled) this.#endSegment();
    this.own?.sweep();
    this.options.written(bytes.length);
    if (!this.#hasNews) this.#letGo();
  }

  /** A batch could not be made or written; what it holds is tried again later. */
  failed(error: unknown): void {
    // A commit that cannot happen must not keep anybody waiting.
    for (const { written } of this.#notes) written?.();
    this.#notes = this.#notes.filter(({ request }) => request !== undefined);
    this.#letGo();
    this.own?.sweep();
    this.options.failed(error);
  }

  /** Begins anew, in another folder; returns the former one. Who waits for a commit waits for what is appended again. */
  restart(): string | undefined {
    const former = this.own?.path;
    this.own?.close();
    this.own = undefined;
    this.#entries.clear();
    for (const { written } of this.#notes) if (written !== undefined) this.#almostDone.push(written);
    this.#notes = this.#almostDone.splice(0).map((written) => ({ after: this.#lastId, written }));
    return former;
  }

  /** Nothing more is written; also the last segment may go when it is settled. */
  close(): void {
    this.#endSegment();
    this.own?.sweep();
    this.own?.close();
    for (const { written } of this.#notes.splice(0)) written?.();
    this.#letGo();
  }

  get #hasNews(): boolean {
    return this.own?.hasNews === true || this.options.adopted().some((folder) => folder.hasNews);
  }

  #takeNotes(): void {
    const next = this.#entries.firstId;
    let done = 0;
    for (const { after, written, request } of this.#notes) {
      if (after >= next) break;
      done++;
      if (written !== undefined) this.#almostDone.push(written);
      if (request !== undefined) (request.entries.map(adoptedFolder).find((it) => it) ?? this.own)?.seal(request);
    }
    this.#notes.splice(0, done);
  }

  #endSegment(): void {
    if (this.own !== undefined) this.own.current = undefined;
  }

  #segmentForEntries(again = true): SegmentFile {
    const { fs, segmentBytes, createFolder, lost } = this.options;
    const current = this.own?.current;
    if (current !== undefined && current.position < segmentBytes) return current;
    try {
      this.own ??= new Folder(fs, createFolder());
      const segment = new SegmentFile(fs, this.own.at(segmentFileName(this.#sequence + 1)));
      segment.file();
      this.#sequence++;
      this.own.add(segment);
      this.own.current = segment;
      return segment;
    } catch (error) {
      if (!again || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      lost();
      return this.#segmentForEntries(false);
    }
  }

  #letGo(): void {
    for (const written of this.#almostDone.splice(0)) written();
  }
}

/** The adopted folder in which an entry stands. */
export function adoptedFolder({ id, origin }: Entry): Folder | undefined {
  return origin instanceof Folder && origin.has(id) ? origin : undefined;
}
