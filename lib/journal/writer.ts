import type { Entry, SealedRequest } from '../protocol/entry.js';
import { BatchWriter } from './codec.js';
import { Folder, segmentFileName } from './folder.js';
import type { Batch, BatchSource } from './group-commit.js';
import type { JournalFs } from './journal-fs.js';
import { SegmentFile } from './segment.js';
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
  /** Size from which a new segment is begun, in bytes. */
  readonly segmentBytes: number;
  /** Makes the folder to write to. Throws the system's error when there can be none. */
  readonly createFolder: () => string;
  /** The folder disappeared; what waits is appended again before this returns. */
  readonly lost: () => void;
  /** What was adopted, which gets its seals and settlements from here. */
  readonly adopted: () => readonly Folder[];
  /** Called after each batch that was written. */
  readonly written: (bytes: number) => void;
  readonly failed: (error: unknown) => void;
}

/** Makes batches of what is to be written: entries in the order they came, what is said of them after them. */
export class JournalWriter implements BatchSource {
  readonly #options: WriterOptions;
  readonly #entries = new WaitingEntries();
  #notes: Note[] = [];
  /** Those whose records are in batches that may not be written yet. */
  #almostDone: (() => void)[] = [];
  #own: Folder | undefined;
  #sequence = 0;
  #lastId = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  get own(): Folder | undefined {
    return this.#own;
  }

  /** True when nothing accepted here is left. */
  get isSettled(): boolean {
    return this.#entries.size === 0 && this.#own?.isSettled !== false;
  }

  get waiting(): boolean {
    return this.#entries.size > 0 || this.#notes.length > 0 || this.#hasNews;
  }

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
    else if (!this.#entries.drop(id)) this.#own?.settle(id);
  }

  /** Calls back when everything taken so far is written, or cannot be. */
  whenWritten(written: () => void): void {
    this.#notes.push({ after: this.#lastId, written });
  }

  /** Entries as many as make a batch, with what is to be said of those in the same segment; then what is left to say. */
  next(): Batch | undefined {
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
      this.#own?.write(segment, batch);
      return placed({ segment, bytes: batch.bytes(), position: segment.position });
    }
    this.#takeNotes();
    for (const folder of this.#folders) {
      const batch = folder.news();
      if (batch !== undefined) return placed(batch);
    }
    this.#letGo();
    return undefined;
  }

  written({ bytes }: Batch): void {
    if ((this.#own?.current?.position ?? 0) >= SETTLED_BYTES && this.isSettled) this.#endSegment();
    this.sweep();
    this.#options.written(bytes.length);
    if (!this.#hasNews) this.#letGo();
  }

  failed(error: unknown): void {
    // A commit that cannot happen must not keep anybody waiting.
    for (const { written } of this.#notes) written?.();
    this.#notes = this.#notes.filter(({ request }) => request !== undefined);
    this.#letGo();
    this.sweep();
    this.#options.failed(error);
  }

  /** Deletes what is settled. */
  sweep(): void {
    this.#own?.sweep();
  }

  /** Begins anew, in another folder; returns the former one. Who waits for a commit waits for what is appended again. */
  restart(): string | undefined {
    const former = this.#own?.path;
    this.#own?.close();
    this.#own = undefined;
    this.#entries.clear();
    for (const { written } of this.#notes) if (written !== undefined) this.#almostDone.push(written);
    this.#notes = this.#almostDone.splice(0).map((written) => ({ after: this.#lastId, written }));
    return former;
  }

  /** Nothing more is written; also the last segment may go when it is settled. */
  close(): void {
    this.#endSegment();
    this.sweep();
    this.#own?.close();
    for (const { written } of this.#notes.splice(0)) written?.();
    this.#letGo();
  }

  get #folders(): readonly Folder[] {
    const adopted = this.#options.adopted();
    return this.#own === undefined ? adopted : [this.#own, ...adopted];
  }

  get #hasNews(): boolean {
    return this.#own?.hasNews === true || this.#options.adopted().some((folder) => folder.hasNews);
  }

  #takeNotes(): void {
    const next = this.#entries.firstId;
    let done = 0;
    for (const { after, written, request } of this.#notes) {
      if (after >= next) break;
      done++;
      if (written !== undefined) this.#almostDone.push(written);
      if (request !== undefined) (request.entries.map(adoptedFolder).find((it) => it) ?? this.#own)?.seal(request);
    }
    this.#notes.splice(0, done);
  }

  #endSegment(): void {
    if (this.#own !== undefined) this.#own.current = undefined;
  }

  #segmentForEntries(again = true): SegmentFile {
    const { fs, segmentBytes, createFolder, lost } = this.#options;
    const current = this.#own?.current;
    if (current !== undefined && current.position < segmentBytes) return current;
    try {
      this.#own ??= new Folder(fs, createFolder());
      const segment = new SegmentFile(fs, this.#own.at(segmentFileName(this.#sequence + 1)));
      segment.file();
      this.#sequence++;
      this.#own.add(segment);
      this.#own.current = segment;
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

function placed(batch: Batch): Batch {
  batch.segment.position += batch.bytes.length;
  return batch;
}
