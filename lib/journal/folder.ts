import { join } from 'node:path';
import type { SealedRequest } from '../protocol/entry.js';
import { BatchWriter } from './codec.js';
import type { JournalFs } from './journal-fs.js';
import type { Batch, SegmentFile } from './segment.js';

const SEGMENT_NAME = /^\d{6,}\.seg$/;

export function segmentFileName(sequence: number): string {
  return `${String(sequence).padStart(6, '0')}.seg`;
}

/** Names of segments among those in a folder, oldest first. */
export function segmentFileNames(names: readonly string[]): string[] {
  return names
    .filter((name) => SEGMENT_NAME.test(name))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}

/** The segments of one folder that this process has, with what is to be written to them besides entries. */
export class Folder {
  /** The segment entries are written to; it stays, also when it is settled. */
  current: SegmentFile | undefined;
  /** Settled when what was to be deleted is. */
  swept: Promise<unknown> = Promise.resolve();
  /** Oldest first; so their ids are in order, too. */
  readonly #segments: SegmentFile[] = [];
  #changed = false;
  #found: SegmentFile | undefined;

  constructor(
    protected readonly fs: JournalFs,
    readonly path: string,
  ) {}

  get isSettled(): boolean {
    return this.#segments.every((segment) => segment.live === 0);
  }

  get hasNews(): boolean {
    return this.#segments.some((segment) => this.#isToSay(segment));
  }

  add(segment: SegmentFile): void {
    this.#segments.push(segment);
    this.#changed = true;
  }

  /** Whether the entry stands here and is not settled. */
  has(id: number): boolean {
    return this.#find(id)?.isLive(id) === true;
  }

  /** False when the entry is in none of the segments. */
  settle(id: number): boolean {
    const segment = this.#find(id);
    if (segment?.settle(id) === true && segment.live === 0) this.#changed = true;
    return segment !== undefined;
  }

  /** A seal stands where the oldest of its entries does. False when none of them is here. */
  seal(request: SealedRequest): boolean {
    const first = request.entries.find(({ id }) => this.has(id));
    if (first !== undefined) this.#find(first.id)?.seals.push(request);
    return first !== undefined;
  }

  write(segment: SegmentFile, batch: BatchWriter): void {
    for (const request of segment.seals.splice(0)) batch.seal(request);
    if (this.#isToSay(segment)) batch.settled(segment.takeSettled());
  }

  /** A batch for a segment no entries are written to any more; undefined when there is nothing to write. */
  news(): Batch | undefined {
    const segment = this.#segments.find((one) => this.#isToSay(one));
    if (segment === undefined) return undefined;
    // Before anything is taken: it may fail, and it cuts off what a dead process left half written.
    segment.file();
    const writer = new BatchWriter();
    this.write(segment, writer);
    return segment.place(writer.bytes());
  }

  /** Segments whose files are missing on the disk although entries in them wait. */
  missing(): SegmentFile[] {
    const written = this.#segments.filter((segment) => segment.live > 0 && segment.position > 0);
    return written.filter(({ path }) => !this.fs.exists(path));
  }

  forget(segments: readonly SegmentFile[]): void {
    for (const segment of segments) {
      const at = this.#segments.indexOf(segment);
      if (at >= 0) this.#segments.splice(at, 1);
      segment.discarded = true;
      segment.close();
    }
    this.#found = undefined;
  }

  /** Lets go of the segments whose entries are all settled, and deletes them. */
  sweep(): void {
    if (!this.#changed) return;
    this.#changed = this.current?.live === 0;
    const settled = this.#segments.filter((segment) => segment.live === 0 && segment !== this.current);
    this.forget(settled);
    // One that cannot be deleted is harmless while this process lives; the folder goes as a whole in the end.
    const removed = settled.map(({ path }) => this.fs.remove(path).catch(() => {}));
    this.swept = Promise.all([this.swept, ...removed]);
  }

  close(): void {
    for (const segment of this.#segments) segment.close();
  }

  at(name: string): string {
    return join(this.path, name);
  }

  /** Whether something is to be written: what is settled as a whole is deleted instead. */
  #isToSay(segment: SegmentFile): boolean {
    return segment.seals.length > 0 || (segment.hasNews && (segment.live > 0 || segment === this.current));
  }

  #find(id: number): SegmentFile | undefined {
    const last = this.#found;
    if (last !== undefined && id >= last.firstId && id <= last.lastId) return last;
    this.#found = this.#segments.findLast((segment) => id >= segment.firstId && id <= segment.lastId);
    return this.#found;
  }
}
