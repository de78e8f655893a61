import { join } from 'node:path';
import type { EntryDraft } from '../protocol/entry.js';
import type { Batch } from './group-commit.js';
import { segmentFileName } from './journal-format.js';
import type { JournalFs } from './journal-fs.js';
import { PendingQueue } from './pending-queue.js';
import { RecordSink } from './record-sink.js';
import { Segment } from './segment.js';
import { SegmentEncoder } from './segment-encoder.js';
import { SegmentFile } from './segment-file.js';
import type { SegmentLedger } from './segment-ledger.js';

/** Encoding and writing block the event loop: so much, or so many, take less than half a millisecond. */
const BATCH_BYTES = 64 * 1024;
const BATCH_ENTRIES = 512;
/** A segment of small entries ends with so many, so that what was delivered is deleted no later than large ones are. */
const SEGMENT_ENTRIES = 32_768;
/** A gap in the ids beyond this starts a new segment, because the bookkeeping of one is by position in a range of ids. */
const MAX_GAP = 4_096;
/** With nothing left to deliver, a segment beyond this size is given up: delivered data should not lie around. */
const SETTLED_BYTES = 64 * 1024;

/** Anything but an entry: written once all entries up to `after` are. */
export interface Note {
  readonly after: number;
  write?(encoder: SegmentEncoder, sink: RecordSink, segment: Segment): void;
  /** It is on the disk. */
  written?(): void;
}

interface OpenSegment {
  readonly segment: Segment;
  readonly file: SegmentFile;
  readonly encoder: SegmentEncoder;
  position: number;
}

export interface BatchBuilderOptions {
  readonly fs: JournalFs;
  readonly ledger: SegmentLedger;
  /** Folder to make segments in; throws when there is none. */
  readonly folder: () => string;
  /** The folder disappeared; the next call of `folder` must make another. */
  readonly folderLost: () => void;
  /** Size from which a new segment is begun. */
  readonly segmentBytes: number;
  readonly now: () => number;
}

/** Collects what is to be written and makes batches of it: entries and notes as they came in, then settlements. */
export class BatchBuilder {
  readonly entries = new PendingQueue();
  bytesWritten = 0;
  readonly #options: BatchBuilderOptions;
  #notes: Note[] = [];
  #open: OpenSegment | undefined;
  #spare: RecordSink | undefined;
  #sequence = 0;
  /** The first id that was not taken from the queue yet. */
  #nextId = 1;

  constructor(options: BatchBuilderOptions) {
    this.#options = options;
  }

  get waiting(): boolean {
    return this.entries.size > 0 || this.#notes.length > 0 || this.#options.ledger.hasNews;
  }

  /** About a batch of entries waits. */
  get urgent(): boolean {
    return this.entries.size > BATCH_ENTRIES;
  }

  note(note: Note): void {
    this.#notes.push(note);
  }

  settle(id: number): void {
    if (id >= this.#nextId) this.entries.drop(id);
    else this.#options.ledger.settle(id);
  }

  /** The next batch; undefined when nothing waits. Throws when no file can be made: everything waits on then. */
  next(): Batch | undefined {
    if (!this.waiting) return undefined;
    const open = this.#current();
    const sink = this.#spare ?? new RecordSink(BATCH_BYTES * 2);
    this.#spare = undefined;
    sink.reset();
    try {
      if (open.position === 0) open.encoder.header(sink);
      const notes = this.#encode(open, sink);
      this.#options.ledger.takeNews((runs) => open.encoder.settle(sink, runs));
      const position = open.position;
      open.position += sink.length;
      return { file: open.file, sink, position, written: (free) => this.#written(sink, free, notes) };
    } catch (error) {
      // The encoder may rely on records that will never be written: no more of it.
      this.close();
      throw error;
    }
  }

  /** The files are gone: what was in them is not tracked any more, what waits goes into a new segment. */
  restart(): void {
    this.close();
    this.#options.ledger.clear();
  }

  close(): void {
    this.#open?.file.close();
    this.#open = undefined;
    this.#options.ledger.retire();
  }

  #current(): OpenSegment {
    const open = this.#open;
    const firstId = this.entries.firstId ?? this.#nextId;
    if (open && this.#hasRoom(open) && firstId - open.segment.lastId <= MAX_GAP) return open;
    const next = this.#create(firstId);
    this.close();
    this.#open = next;
    this.#options.ledger.add(next.segment);
    return next;
  }

  #hasRoom({ position, segment }: OpenSegment): boolean {
    return position < this.#options.segmentBytes && segment.lastId - segment.name.firstId < SEGMENT_ENTRIES;
  }

  #create(firstId: number): OpenSegment {
    const { fs, folder, folderLost, now } = this.#options;
    // Times in it count up from its first one; the entries that wait are older than the file.
    const firstTime = Math.max(0, Math.min(now(), this.entries.firstTime ?? Number.POSITIVE_INFINITY));
    const name = { sequence: this.#sequence + 1, firstId, firstTime };
    const create = (): OpenSegment => {
      const path = join(folder(), segmentFileName(name));
      const file = new SegmentFile(fs, path);
      this.#sequence++;
      return { segment: new Segment(name, path), file, encoder: new SegmentEncoder(name), position: 0 };
    };
    try {
      return create();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      folderLost();
      return create();
    }
  }

  /** Entries and notes in the order they came in, as many as make a batch; returns the notes. */
  #encode(open: OpenSegment, sink: RecordSink): Note[] {
    const { segment, encoder } = open;
    let taken = 0;
    const take = (id: number, draft: EntryDraft): boolean => {
      this.#nextId = id + 1;
      segment.add(id);
      encoder.entry(sink, id, draft);
      return ++taken < BATCH_ENTRIES && sink.length < BATCH_BYTES;
    };
    let done = 0;
    for (;;) {
      const note = this.#notes[done];
      if (!this.entries.drain(note?.after ?? Number.POSITIVE_INFINITY, MAX_GAP, take) || !note) break;
      done++;
      note.write?.(encoder, sink, segment);
    }
    return this.#notes.splice(0, done);
  }

  #written(sink: RecordSink, free: boolean, notes: readonly Note[]): void {
    this.bytesWritten += sink.length;
    if (free && sink.bytes.length <= BATCH_BYTES * 2) this.#spare = sink;
    for (const note of notes) note.written?.();
    const { ledger, fs } = this.#options;
    const open = this.#open;
    if (open && open.position >= SETTLED_BYTES && !this.waiting && ledger.isSettled) this.close();
    for (const segment of ledger.sweep()) {
      // One that cannot be deleted is harmless while this process lives; the folder goes as a whole in the end.
      fs.remove(segment.path).catch(() => {});
    }
  }
}
