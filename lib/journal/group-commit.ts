import { type Clock, setImmediate } from '../clock.js';
import type { JournalFs } from './journal-fs.js';
import type { Batch } from './segment.js';
import type { JournalWriter } from './writer.js';

/** Pause before a failed write is tried again. */
export const RETRY_MS = 30_000;

/** A write of one batch takes about a tenth of a millisecond when it only reaches the operating system's memory. */
const QUICK_MS = 2;
/** Writes in a row that together hold up the host for longer make the disk a slow one; one may have lost its core … */
const PATIENCE_MS = 50;
/** … for so long. */
const SLOW_FOR_MS = 30_000;

/**
 * Writes a batch a tick: at once as long as the disk is quick, for handing a batch to another thread and back costs many
 * times what it takes to copy it to the operating system; and in the background once the disk was slow.
 * Every write names its place in the file, so the same batch may be written twice – by the background write that is
 * under way and by {@link now}, which cannot wait for it – and nothing is lost, doubled or mixed up.
 */
export class GroupCommit {
  /** True from a failed write to the next one that works. */
  failing = false;
  /** Taken from the source and not written, or not known to be. */
  #current: Batch | undefined;
  #running = false;
  #closed = false;
  /** The run that is under way goes on until nothing waits. */
  #toTheEnd = false;
  #cancelTimer: (() => void) | undefined;
  #slowUntil = Number.NEGATIVE_INFINITY;
  #heldUpMs = 0;

  constructor(
    private readonly fs: JournalFs,
    private readonly clock: Clock,
    private readonly source: JournalWriter,
    private readonly intervalMs: number,
    slowDisk: boolean,
  ) {
    if (slowDisk) this.#slowUntil = Number.POSITIVE_INFINITY;
  }

  get writing(): boolean {
    return this.#running || this.#current !== undefined;
  }

  /** Sees to it that what waits is written within the interval. */
  request(): void {
    if (this.#closed || this.#running || this.#cancelTimer !== undefined) return;
    this.#cancelTimer = this.clock.after(this.failing ? RETRY_MS : this.intervalMs, () => {
      this.#cancelTimer = undefined;
      void this.#run();
    });
  }

  /** Starts writing now and stops when nothing waits. */
  hurry(): void {
    this.#toTheEnd = true;
    if (this.#running) return;
    this.#cancel();
    void this.#run();
  }

  /** Writes everything before it returns. */
  now(): void {
    try {
      for (let batch = this.#next(); batch !== undefined; batch = this.#next()) {
        this.#current = batch;
        this.#writeHere(batch);
        this.#finish(batch);
      }
      if (!this.#running) this.#cancel();
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * As {@link now}, for the last time. What is settled is said in the place of a batch that does not fit, which is tried once
   * more behind it: on a full disk a few bytes often fit where many do not.
   */
  last(): void {
    const failed = this.#current;
    // A background write may still hit its place, and behind a file's first batch there is nothing to be said.
    const isFree = failed !== undefined && !failed.segment.discarded && !this.#running && failed.position > 0;
    if (!isFree) return this.now();
    this.#current = undefined;
    try {
      failed.segment.rewind(failed.position);
      for (let news = this.source.news(); news !== undefined; news = this.source.news()) {
        this.#writeHere(news);
        this.#finish(news);
      }
      this.#current = failed.segment.place(failed.bytes);
      this.now();
    } catch (error) {
      this.#fail(error);
    }
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  /** Forgets the batch that could not be written; its file is gone. */
  drop(): void {
    this.#current = undefined;
  }

  async #run(): Promise<void> {
    const { source, clock } = this;
    this.#running = true;
    try {
      for (let more = true; more; ) {
        const batch = this.#next();
        if (batch === undefined) break;
        this.#current = batch;
        const quick = clock.monotonic() >= this.#slowUntil;
        if (quick) this.#writeHere(batch);
        else await this.#writeInBackground(batch);
        // `now` may have written it meanwhile.
        if (this.#current === batch) this.#finish(batch);
        more = source.waiting && (this.#toTheEnd || source.urgent);
        // The host has its turn between two batches.
        if (quick && more) await new Promise((resolve) => setImmediate(resolve));
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#running = false;
    this.#toTheEnd = false;
    if (source.waiting || this.#current !== undefined) this.request();
  }

  /** What failed before is tried again, unless there is no use for it any more. */
  #next(): Batch | undefined {
    if (this.#current?.segment.discarded === false) return this.#current;
    this.#current = undefined;
    return this.source.next();
  }

  #writeHere({ segment, bytes, position }: Batch): void {
    const { fs, clock } = this;
    const startedAt = clock.monotonic();
    for (let done = 0; done < bytes.length; ) {
      done += some(fs.writeSync(segment.file(), bytes, done, bytes.length - done, position + done));
    }
    const tookMs = clock.monotonic() - startedAt;
    this.#heldUpMs = tookMs > QUICK_MS ? this.#heldUpMs + tookMs : 0;
    if (this.#heldUpMs > PATIENCE_MS) this.#slowUntil = startedAt + SLOW_FOR_MS;
  }

  async #writeInBackground(batch: Batch): Promise<void> {
    const { segment, bytes, position } = batch;
    const file = segment.file();
    segment.hold();
    try {
      for (let done = 0; done < bytes.length && this.#current === batch; ) {
        done += some(await this.fs.write(file, bytes, done, bytes.length - done, position + done));
      }
    } catch (error) {
      if (this.#current === batch) throw error;
    } finally {
      segment.release();
    }
  }

  #finish(batch: Batch): void {
    this.#current = undefined;
    this.failing = false;
    this.source.written(batch);
  }

  #fail(error: unknown): void {
    this.failing = true;
    this.source.failed(error);
    if (this.#running) return;
    this.#cancel();
    this.request();
  }

  #cancel(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}

/** A write that wrote nothing would be repeated for ever. */
function some(written: number): number {
  if (written <= 0) throw new Error('nothing was written');
  return written;
}
