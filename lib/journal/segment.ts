import type { SealedRequest } from '../protocol/entry.js';
import type { JournalFs } from './journal-fs.js';
import { positionOf } from './waiting-entries.js';

/** Bytes that go to one place of one segment in one write. */
export interface Batch {
  readonly segment: SegmentFile;
  readonly bytes: Buffer;
  readonly position: number;
}

/**
 * A file of batches, and what the process knows of the entries in it. All that is said of an entry – that it was sealed,
 * that it is settled – stands in the file it stands in itself, so a file can go as soon as its last entry is settled.
 */
export class SegmentFile {
  /** Entries that are not settled. */
  live = 0;
  /** Nothing is written to it any more: all in it is settled, or it is gone. */
  discarded = false;
  #file: number | undefined;
  #holds = 0;
  #closing = false;
  /** To be written: each stands in the segment where the oldest of its entries does. */
  readonly seals: SealedRequest[] = [];
  readonly #ids: number[] = [];
  readonly #isSettled: boolean[] = [];
  /** Positions in `#ids` whose settlement is not written yet. */
  #news: number[] = [];
  #hint = 0;

  /** @param position where the next batch goes */
  constructor(
    private readonly fs: JournalFs,
    readonly path: string,
    public position = 0,
  ) {}

  get firstId(): number {
    return this.#ids[0] ?? Number.POSITIVE_INFINITY;
  }

  get lastId(): number {
    return this.#ids.at(-1) ?? Number.NEGATIVE_INFINITY;
  }

  get hasNews(): boolean {
    return this.#news.length > 0;
  }

  /** The open file. Throws the system's error when there is none to be had. */
  file(): number {
    this.#file ??= this.position === 0 ? this.fs.createFile(this.path) : this.fs.openFile(this.path, this.position);
    return this.#file;
  }

  /** Gives up what stands from here on, and the room it takes, when the file is opened again. */
  rewind(position: number): void {
    this.close();
    this.position = position;
  }

  place(bytes: Buffer): Batch {
    const { position } = this;
    this.position += bytes.length;
    return { segment: this, bytes, position };
  }

  /** `id` is greater than any added before. */
  add(id: number): void {
    this.#ids.push(id);
    this.#isSettled.push(false);
    this.live++;
  }

  isLive(id: number): boolean {
    const at = this.#find(id);
    return at >= 0 && this.#isSettled[at] === false;
  }

  /** False when the entry is not in here or is settled already. */
  settle(id: number): boolean {
    const at = this.#find(id);
    if (at < 0 || this.#isSettled[at] === true) return false;
    this.#isSettled[at] = true;
    this.#news.push(at);
    this.#hint = at + 1;
    this.live--;
    return true;
  }

  /** The settlements since the last call, as first and last ids of runs. */
  takeSettled(): number[] {
    const positions = this.#news.sort((a, b) => a - b);
    this.#news = [];
    const runs: number[] = [];
    for (let i = 0; i < positions.length; i++) {
      const first = positions[i] as number;
      let last = first;
      while (positions[i + 1] === last + 1) last = positions[++i] as number;
      runs.push(this.#ids[first] as number, this.#ids[last] as number);
    }
    return runs;
  }

  /** A write is under way: until it has ended the file stays open, for its descriptor would soon be another file's. */
  hold(): void {
    this.#holds++;
  }

  release(): void {
    this.#holds--;
    if (this.#closing) this.close();
  }

  close(): void {
    this.#closing = true;
    if (this.#holds > 0 || this.#file === undefined) return;
    const file = this.#file;
    this.#file = undefined;
    this.#closing = false;
    try {
      this.fs.closeFile(file);
    } catch {
      // The bytes are with the operating system; a descriptor that cannot be closed is no loss of entries.
    }
  }

  /** Entries are mostly settled in the order they came. */
  #find(id: number): number {
    const hint = this.#hint;
    return this.#ids[hint] === id ? hint : positionOf(this.#ids, id);
  }
}
