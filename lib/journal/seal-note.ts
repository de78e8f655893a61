import type { SealedPath } from '../protocol/entry.js';
import type { HeadCut } from '../protocol/head.js';
import type { Note } from './batch-builder.js';
import type { RecordSink } from './record-sink.js';
import type { SegmentEncoder } from './segment-encoder.js';
import type { SegmentLedger } from './segment-ledger.js';

/** What `Storage.seal` was told, until it is written. There may be one for each entry that waits, so it is one object. */
export class SealNote implements Note {
  readonly after: number;
  readonly #ledger: SegmentLedger;
  readonly #ids: readonly number[];
  readonly #path: SealedPath;
  readonly #head: string;
  readonly #cut: HeadCut | undefined;

  constructor(
    after: number,
    ledger: SegmentLedger,
    ids: readonly number[],
    path: SealedPath,
    head: string,
    cut: HeadCut | undefined,
  ) {
    this.after = after;
    this.#ledger = ledger;
    this.#ids = ids;
    this.#path = path;
    this.#head = head;
    this.#cut = cut;
  }

  write(encoder: SegmentEncoder, sink: RecordSink): void {
    const ids = this.#ids;
    if (!ids.some((id) => this.#ledger.isLive(id))) return;
    encoder.seal(sink, ids, this.#path, this.#head, this.#cut);
    this.#ledger.noteSeal(ids);
  }
}
