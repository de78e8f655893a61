import type { IdRun } from './id-runs.js';
import type { SegmentName } from './journal-format.js';

/**
 * What the process knows of a segment it wrote: two bits an entry. Bits instead of counters, because settling the same
 * entry twice must not make a segment look finished.
 */
export class Segment {
  readonly name: SegmentName;
  readonly path: string;
  /** Entries in it that are not settled. */
  live = 0;
  /** Older segments whose settlements stand in this one. */
  readonly settlesFor = new Set<Segment>();
  /** Older segments of whose entries this one holds seals. */
  readonly sealsFor = new Set<Segment>();
  /** Reasons to keep it although all is settled, such as an import that is under way. */
  pins = 0;
  #lastId: number;
  // Small at first: what never happens while a process warms up makes V8 compile all of this anew in its first burst.
  #liveBits = new Uint32Array(4);
  /** Settled, but the settlement is not written yet. */
  #newBits = new Uint32Array(4);
  #newFrom = Number.POSITIVE_INFINITY;
  #newTo = -1;

  constructor(name: SegmentName, path: string) {
    this.name = name;
    this.path = path;
    this.#lastId = name.firstId - 1;
  }

  get lastId(): number {
    return this.#lastId;
  }

  /** True when settlements wait to be written. */
  get hasNews(): boolean {
    return this.#newTo >= 0;
  }

  /** `id` is greater than any added before. */
  add(id: number): void {
    const index = id - this.name.firstId;
    const word = index >> 5;
    if (word >= this.#liveBits.length) this.#grow(word);
    this.#liveBits[word] = (this.#liveBits[word] as number) | (1 << (index & 31));
    this.#lastId = id;
    this.live++;
  }

  isLive(id: number): boolean {
    return this.#isLiveAt(id - this.name.firstId);
  }

  /** False when the entry is not in here or is settled already. */
  settle(id: number): boolean {
    const index = id - this.name.firstId;
    if (!this.#isLiveAt(index)) return false;
    const word = index >> 5;
    const mask = 1 << (index & 31);
    this.#liveBits[word] = (this.#liveBits[word] as number) & ~mask;
    this.#newBits[word] = (this.#newBits[word] as number) | mask;
    if (index < this.#newFrom) this.#newFrom = index;
    if (index > this.#newTo) this.#newTo = index;
    this.live--;
    return true;
  }

  /**
   * The settlements since the last call. A gap whose ids are settled or were never used is bridged: the text is shorter
   * and says nothing wrong.
   */
  takeNews(): IdRun[] {
    const runs = this.#runs(this.#newFrom, this.#newTo, this.#newBits);
    this.#newBits.fill(0, this.#newFrom >> 5, (this.#newTo >> 5) + 1);
    this.#newFrom = Number.POSITIVE_INFINITY;
    this.#newTo = -1;
    return runs;
  }

  /** Everything settled in it. */
  allSettled(): IdRun[] {
    return this.#runs(0, this.#lastId - this.name.firstId, undefined);
  }

  /** Runs of ids in [from, to] that are not live and contain at least one of `wanted` (any, when undefined). */
  #runs(from: number, to: number, wanted: Uint32Array | undefined): IdRun[] {
    const runs: IdRun[] = [];
    let first = -1;
    let last = -1;
    for (let index = from; index <= to; index++) {
      const word = index >> 5;
      if (wanted && first < 0 && wanted[word] === 0) {
        index |= 31;
        continue;
      }
      const mask = 1 << (index & 31);
      if ((this.#liveBits[word] as number) & mask) {
        if (first >= 0) runs.push({ first: this.name.firstId + first, more: last - first });
        first = -1;
      } else if (!wanted || (wanted[word] as number) & mask) {
        if (first < 0) first = index;
        last = index;
      }
    }
    if (first >= 0) runs.push({ first: this.name.firstId + first, more: last - first });
    return runs;
  }

  #isLiveAt(index: number): boolean {
    return index >= 0 && ((this.#liveBits[index >> 5] ?? 0) & (1 << (index & 31))) !== 0;
  }

  #grow(word: number): void {
    const length = Math.max(this.#liveBits.length * 2, word + 1);
    const live = new Uint32Array(length);
    const news = new Uint32Array(length);
    live.set(this.#liveBits);
    news.set(this.#newBits);
    this.#liveBits = live;
    this.#newBits = news;
  }
}
