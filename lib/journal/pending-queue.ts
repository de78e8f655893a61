import type { EntryDraft } from '../protocol/entry.js';

const CHUNK = 1_024;

interface Chunk {
  readonly first: number;
  readonly drafts: (EntryDraft | undefined)[];
  /** Index of the next draft to take. */
  next: number;
  /** Drafts that were neither taken nor dropped. */
  live: number;
}

/**
 * Entries that wait to be written, by consecutive ids in chunks: adding is one array push, however many wait, and what
 * is settled while the disk does not work leaves no trace.
 */
export class PendingQueue {
  #chunks: Chunk[] = [];
  #tail: Chunk | undefined;
  #live = 0;

  /** How many wait. */
  get size(): number {
    return this.#live;
  }

  /** Ids must increase; gaps are fine. */
  push(id: number, draft: EntryDraft): void {
    let tail = this.#tail;
    if (!tail || tail.drafts.length === CHUNK || tail.first + tail.drafts.length !== id) {
      tail = { first: id, drafts: [], next: 0, live: 0 };
      this.#chunks.push(tail);
      this.#tail = tail;
    }
    tail.drafts.push(draft);
    tail.live++;
    this.#live++;
  }

  /** No id that waits is smaller; undefined when nothing waits. */
  get firstId(): number | undefined {
    const chunk = this.#firstChunk;
    return chunk && chunk.first + chunk.next;
  }

  /** The time of the first entry that waits, as the draft says it. */
  get firstTime(): number | undefined {
    return this.#firstChunk?.drafts.find((it) => it !== undefined)?.timestamp;
  }

  get #firstChunk(): Chunk | undefined {
    return this.#live > 0 ? this.#chunks.find((it) => it.live > 0) : undefined;
  }

  /**
   * Takes entries in order as long as `take` returns true, up to `lastId`, and not across a gap of more than `maxGap`
   * ids. False when it stopped for `take` or a gap, with entries left that it could have taken otherwise.
   */
  drain(lastId: number, maxGap: number, take: (id: number, draft: EntryDraft) => boolean): boolean {
    let last = -1;
    for (;;) {
      const chunk = this.#chunks[0];
      if (!chunk) return true;
      const next = chunk.first + chunk.next;
      if (chunk.live > 0 && next - (last < 0 ? next : last) > maxGap) return false;
      while (chunk.next < chunk.drafts.length) {
        if (chunk.first + chunk.next > lastId) return true;
        const index = chunk.next++;
        const draft = chunk.drafts[index];
        if (!draft) continue;
        chunk.drafts[index] = undefined;
        chunk.live--;
        this.#live--;
        last = chunk.first + index;
        if (!take(last, draft)) return false;
      }
      this.#chunks.shift();
      if (this.#tail === chunk) this.#tail = undefined;
    }
  }

  /** Forgets an entry that needs not be written any more; false when it does not wait here. */
  drop(id: number): boolean {
    const at = this.#chunkOf(id);
    const chunk = this.#chunks[at];
    const index = chunk ? id - chunk.first : 0;
    if (!chunk?.drafts[index]) return false;
    chunk.drafts[index] = undefined;
    chunk.live--;
    this.#live--;
    if (chunk.live === 0 && chunk !== this.#tail) this.#chunks.splice(at, 1);
    return true;
  }

  #chunkOf(id: number): number {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#chunks[middle] as Chunk).first <= id) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
