import type { IdRun } from './id-runs.js';
import type { Segment } from './segment.js';

/**
 * The segments of the own folder, oldest first: which one an entry is in, and which ones nobody needs any more.
 */
export class SegmentLedger {
  #segments: Segment[] = [];
  #current: Segment | undefined;
  #lastFound: Segment | undefined;
  /** Set when a segment may have become finished since the last sweep. */
  #changed = false;
  /** Segments whose settlements are to be repeated, and those whose repetition is in the batch being written. */
  #repeat = new Set<Segment>();
  #written = new Set<Segment>();

  /** The one that is being written. */
  get current(): Segment | undefined {
    return this.#current;
  }

  /** How many segments exist. */
  get size(): number {
    return this.#segments.length;
  }

  /** True when every entry of every segment is settled. */
  get isSettled(): boolean {
    return this.#segments.every((segment) => segment.live === 0);
  }

  /** True when a settlement waits to be written. */
  get hasNews(): boolean {
    return this.#repeat.size > 0 || this.#segments.some((segment) => segment.hasNews);
  }

  /** From here on this is the current one. */
  add(segment: Segment): void {
    this.#segments.push(segment);
    this.#current = segment;
    this.#changed = true;
  }

  /** Nothing more is written to the current segment. */
  retire(): void {
    this.#current = undefined;
    this.#changed = true;
  }

  /** The files are gone. */
  clear(): void {
    this.#segments = [];
    this.#current = undefined;
    this.#lastFound = undefined;
    this.#repeat = new Set();
    this.#written = new Set();
  }

  /** Lets go of a segment that `pins` kept. */
  unpin(segment: Segment): void {
    segment.pins--;
    this.#changed = true;
  }

  find(id: number): Segment | undefined {
    const last = this.#lastFound;
    if (last && id >= last.name.firstId && id <= last.lastId) return last;
    let low = 0;
    let high = this.#segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#segments[middle] as Segment).name.firstId <= id) low = middle;
      else high = middle - 1;
    }
    const found = this.#segments[low];
    if (!found || id < found.name.firstId || id > found.lastId) return undefined;
    this.#lastFound = found;
    return found;
  }

  isLive(id: number): boolean {
    return this.find(id)?.isLive(id) ?? false;
  }

  settle(id: number): void {
    if (this.find(id)?.settle(id)) this.#changed = true;
  }

  /** Notes that the current segment holds a seal of these entries. */
  noteSeal(ids: readonly number[]): void {
    const current = this.#current;
    for (const id of ids) {
      const segment = this.find(id);
      if (segment && segment !== current) current?.sealsFor.add(segment);
    }
  }

  /** Calls `write` with each segment that has settlements to write; they go into the current one. */
  takeNews(write: (runs: readonly IdRun[]) => void): void {
    for (const segment of this.#segments) {
      const repeated = this.#repeat.has(segment);
      if (!segment.hasNews && !repeated) continue;
      const news = segment.takeNews();
      write(repeated ? segment.allSettled() : news);
      if (segment !== this.#current) this.#current?.settlesFor.add(segment);
    }
    this.#written = this.#repeat;
    this.#repeat = new Set();
  }

  /**
   * Takes out the segments nobody needs; the caller deletes their files. To be called when a batch is on the disk.
   *
   * A segment whose entries are all settled still stays while it holds seals of older entries that are not settled, or
   * settlements of older segments that still exist. One entry that waits for long would so keep a whole chain of
   * segments; therefore the settlements of the oldest are repeated in the current segment (with the next news), which
   * frees the chain.
   */
  sweep(): readonly Segment[] {
    const current = this.#current;
    for (const older of this.#written) {
      for (const segment of this.#segments) if (segment !== current) segment.settlesFor.delete(older);
      this.#changed = true;
    }
    this.#written = new Set();
    if (!this.#changed) return [];
    this.#changed = false;
    const gone = new Set<Segment>();
    for (const segment of this.#segments) {
      if (segment === current || segment.live > 0 || segment.pins > 0) continue;
      if ([...segment.sealsFor].some((older) => older.live > 0)) continue;
      const needed = [...segment.settlesFor].filter((older) => !gone.has(older));
      if (needed.length === 0) gone.add(segment);
      for (const older of needed) this.#repeat.add(older);
    }
    if (gone.size > 0) this.#forget(gone);
    return [...gone];
  }

  #forget(gone: ReadonlySet<Segment>): void {
    this.#segments = this.#segments.filter((segment) => !gone.has(segment));
    this.#lastFound = undefined;
    for (const old of gone) {
      this.#repeat.delete(old);
      for (const segment of this.#segments) {
        segment.settlesFor.delete(old);
        segment.sealsFor.delete(old);
      }
    }
  }
}
