import type { Clock } from '../clock.js';
import type { DiskPace } from './disk-pace.js';
import type { JournalFs } from './journal-fs.js';
import type { RecordSink } from './record-sink.js';
import type { SegmentFile } from './segment-file.js';

/** Bytes that go to one place of one file in one write. */
export interface Batch {
  readonly file: SegmentFile;
  readonly sink: RecordSink;
  readonly position: number;
  /** The bytes are with the operating system; `free` says whether nothing reads the sink any more. */
  written(free: boolean): void;
}

/** Where the batches come from. */
export interface BatchSource {
  /** True while something waits to be written. */
  readonly waiting: boolean;
  /** True while so much waits that the next batch should follow at once. */
  readonly urgent: boolean;
  /** The next batch; undefined when nothing waits. Throws when there is no place to write to. */
  next(): Batch | undefined;
  /** A batch could not be made or written; what it holds is tried again later. */
  failed(error: unknown): void;
  /** Writing works, perhaps again. */
  worked(): void;
}

export interface GroupCommitOptions {
  readonly fs: JournalFs;
  readonly clock: Clock;
  /** Longest time an entry waits for its write, in milliseconds. */
  readonly intervalMs: number;
  /** Pause before a failed write is tried again, in milliseconds. */
  readonly retryMs: number;
  /** Whether the disk is quick enough to be waited for. */
  readonly disk: DiskPace;
  readonly source: BatchSource;
}

/**
 * Writes at most one batch at a time, and at most two an interval unless much waits.
 *
 * A batch is written on the main thread while the disk is quick: handing it to another thread and back costs more than
 * copying it to the operating system, and what the timer has started is then really written. A disk that was found slow
 * gets its batches in the background.
 *
 * Every write names its place in the file, so the same batch may be written twice – by the background write that is
 * under way and by {@link now}, which cannot wait for it – and nothing is lost, doubled or mixed up.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #inFlight: Batch | undefined;
  #running = false;
  #failing = false;
  #closed = false;
  /** When the first of what waits was recorded. */
  #since = Number.POSITIVE_INFINITY;
  /** A write follows this turn of the event loop. */
  #soon = false;
  /** The run that is under way goes on until nothing waits. */
  #toTheEnd = false;
  #cancelTimer: (() => void) | undefined;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** True from a failed write to the next one that works. */
  get failing(): boolean {
    return this.#failing;
  }

  /** True while a batch is on its way. */
  get writing(): boolean {
    return this.#running || this.#inFlight !== undefined;
  }

  /**
   * Sees to it that what waits is written within the interval. When something comes while the first of it has waited
   * for half of that, it is written as soon as the host's turn is over: the process is awake, what came last is still in
   * the caches, and a process that works steadily is not woken up for a timer of ours.
   *
   * @param at - when what waits now was recorded, in milliseconds since the epoch; left out for what need not hurry
   */
  request(at = Number.POSITIVE_INFINITY): void {
    if (this.#closed || this.#running) return;
    const { clock, intervalMs, retryMs } = this.#options;
    if (this.#cancelTimer !== undefined) {
      if (at - this.#since >= intervalMs / 2) this.#afterThisTurn();
      return;
    }
    this.#since = at;
    this.#cancelTimer = clock.after(this.#failing ? retryMs : intervalMs, this.#ring);
  }

  #afterThisTurn(): void {
    if (this.#soon || this.#failing) return;
    this.#soon = true;
    setImmediate(this.#turnOver);
  }

  // Made once: a function made in a method costs an object with each call, also where it is not needed in the end.
  readonly #ring = (): void => {
    this.#cancelTimer = undefined;
    void this.#run();
  };

  readonly #turnOver = (): void => {
    this.#soon = false;
    if (this.#cancelTimer === undefined || this.#failing) return;
    this.#cancel();
    void this.#run();
  };

  /** Starts writing now and stops when nothing waits. */
  hurry(): void {
    this.#toTheEnd = true;
    if (this.#running) return;
    this.#cancel();
    void this.#run();
  }

  /** Writes everything before it returns. */
  now(): void {
    const { source } = this.#options;
    try {
      const first = this.#inFlight;
      for (let batch = first ?? source.next(); batch; batch = source.next()) {
        this.#inFlight = batch;
        this.#writeHere(batch);
        // The background write of the first batch may still be reading its bytes.
        this.#finish(batch, batch !== first);
      }
      if (!this.#running) this.#cancel();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** No timers any more; what was not written stays so. */
  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  /** Forgets the batch that could not be written; its file is gone. */
  drop(): void {
    this.#inFlight = undefined;
  }

  async #run(): Promise<void> {
    const { source, disk } = this.#options;
    this.#running = true;
    try {
      for (let more = true; more; ) {
        const batch = this.#inFlight ?? source.next();
        if (!batch) break;
        this.#inFlight = batch;
        const quick = disk.quick;
        if (quick) disk.timed(() => this.#writeHere(batch));
        else await this.#writeInBackground(batch);
        if (this.#inFlight === batch) this.#finish(batch, true);
        more = source.waiting && (this.#toTheEnd || source.urgent);
        // The host has its turn between two batches.
        if (quick && more) await nextTurn();
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#running = false;
    this.#toTheEnd = false;
    if (source.waiting || this.#inFlight) this.request();
  }

  #writeHere({ sink: { bytes, length }, file, position }: Batch): void {
    const { fs } = this.#options;
    for (let done = 0; done < length; )
      done += some(fs.writeSync(file.descriptor, bytes, done, length - done, position + done));
  }

  async #writeInBackground(batch: Batch): Promise<void> {
    const { bytes, length } = batch.sink;
    batch.file.hold();
    try {
      let done = 0;
      // A batch that `now` has written meanwhile needs no second half and must not report an error.
      while (done < length && this.#inFlight === batch) {
        done += some(
          await this.#options.fs.write(batch.file.descriptor, bytes, done, length - done, batch.position + done),
        );
      }
    } catch (error) {
      if (this.#inFlight === batch) throw error;
    } finally {
      batch.file.letGo();
    }
  }

  #finish(batch: Batch, free: boolean): void {
    this.#inFlight = undefined;
    this.#failing = false;
    this.#options.source.worked();
    batch.written(free);
  }

  #fail(error: unknown): void {
    this.#failing = true;
    this.#options.source.failed(error);
    if (!this.#running) {
      this.#cancel();
      this.request();
    }
  }

  #cancel(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A write that wrote nothing would be repeated for ever. */
function some(written: number): number {
  if (written <= 0) throw new Error('nothing was written');
  return written;
}
