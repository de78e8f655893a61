import type { IdRun } from './id-runs.js';

const PAGE_BITS = 15;
const PAGE_IDS = 1 << PAGE_BITS;

/** A set of ids at about a bit each, for ids that lie close together in a few places. */
export class IdSet {
  readonly #pages = new Map<number, Uint32Array>();

  add(id: number): void {
    const page = Math.floor(id / PAGE_IDS);
    let words = this.#pages.get(page);
    if (!words) {
      words = new Uint32Array(PAGE_IDS >> 5);
      this.#pages.set(page, words);
    }
    const bit = id - page * PAGE_IDS;
    words[bit >> 5] = (words[bit >> 5] as number) | (1 << (bit & 31));
  }

  addRun(run: IdRun): void {
    for (let i = 0; i <= run.more; i++) this.add(run.first + i);
  }

  has(id: number): boolean {
    const page = Math.floor(id / PAGE_IDS);
    const words = this.#pages.get(page);
    if (!words) return false;
    const bit = id - page * PAGE_IDS;
    return ((words[bit >> 5] as number) & (1 << (bit & 31))) !== 0;
  }
}
