import type { Clock } from '../clock.js';
import { nameInJournal } from '../journal/recovery.js';
import type { Recovered, Room, Storage, StorageListener, StorageStats } from '../journal/storage.js';
import type { Entry, SealedRequest } from '../protocol/entry.js';

/** What reaches Redis within this time is not written to the disk. */
const SPARED_MS = 40;
const LOOK_MS = 20;

/**
 * Stands before a storage of this process, and spares it what Redis has a moment later. What Redis does not take in time goes
 * there, in order; and everything does in the last moment of the process.
 */
export class LocalStorage implements Storage {
  /** In memory alone, with the time of acceptance, oldest first. */
  readonly #spared = new Map<number, { readonly entry: Entry; readonly at: number }>();
  /** Of what was recovered: whose count the ids are of. */
  readonly #producers = new WeakMap<Entry, string>();
  /** Requests whose bytes an earlier process fixed; they may have been sent. */
  readonly #requests = new WeakSet<SealedRequest>();
  #cancel: (() => void) | undefined;
  #closed = false;

  /**
   * @param away whether Redis takes nothing at the moment
   * @param keepsEach nothing is spared: each entry is safe before the call that made it returns
   */
  constructor(
    private readonly inner: Storage,
    private readonly clock: Clock,
    private readonly name: string,
    private readonly away: () => boolean,
    private readonly keepsEach: boolean,
  ) {}

  /** Whose count the id of an entry is of. */
  producerOf(entry: Entry): string {
    return this.#producers.get(entry) ?? this.name;
  }

  wasSealed(request: SealedRequest): boolean {
    return this.#requests.has(request);
  }

  open(listener: StorageListener): void {
    this.inner.open({
      found: () => listener.found(),
      warn: (message) => listener.warn(message),
      lost: () => {
        listener.lost();
        this.spill();
      },
    });
  }

  append(entry: Entry): void {
    if (this.#closed) return;
    if (this.keepsEach || this.away()) {
      this.spill();
      return this.inner.append(entry);
    }
    this.#spared.set(entry.id, { entry, at: this.clock.monotonic() });
    this.#lookLater();
  }

  /** Bytes are fixed by whoever sends. */
  seal(): void {}

  settle(entries: readonly Entry[], outcome?: string): void {
    const written = entries.filter(({ id }) => !this.#spared.delete(id));
    if (written.length > 0) this.inner.settle(written, outcome);
  }

  async recover(room: Room): Promise<Recovered> {
    const found = await this.inner.recover(room);
    for (const entry of found.entries) this.#producers.set(entry, nameInJournal(entry) ?? alone(entry));
    for (const request of found.sealed) {
      this.#requests.add(request);
      for (const entry of request.entries) this.#producers.set(entry, alone(entry));
    }
    return found;
  }

  /** While all goes well there is nothing that has to be safe: what is not in Redis is on its way there. */
  async commit(): Promise<void> {
    const limit = this.away() ? Number.POSITIVE_INFINITY : this.clock.monotonic() - SPARED_MS;
    if (this.#spill(limit)) await this.inner.commit();
  }

  /** Redis takes nothing: what was spared is written now. */
  spill(): void {
    this.#spill(Number.POSITIVE_INFINITY);
  }

  commitSync(): void {
    this.spill();
    this.inner.commitSync();
  }

  close(): Promise<void> {
    this.spill();
    this.#closed = true;
    this.#cancel?.();
    return this.inner.close();
  }

  stats(): StorageStats {
    return this.inner.stats();
  }

  /** Passes on what was accepted until then; true when something was, or stood there already. */
  #spill(until: number): boolean {
    const late: Entry[] = [];
    for (const { entry, at } of this.#spared.values()) {
      if (at > until) break;
      late.push(entry);
    }
    late.sort((a, b) => a.id - b.id);
    for (const entry of late) {
      this.#spared.delete(entry.id);
      this.inner.append(entry);
    }
    return late.length > 0 || until === Number.POSITIVE_INFINITY;
  }

  #lookLater(): void {
    this.#cancel ??= this.clock.after(LOOK_MS, () => {
      this.#cancel = undefined;
      this.#spill(this.away() ? Number.POSITIVE_INFINITY : this.clock.monotonic() - SPARED_MS);
      if (this.#spared.size > 0) this.#lookLater();
    });
  }
}

/** An entry that nothing is known of but its own place: it is the whole count. */
function alone({ id, timestamp }: Entry): string {
  return `~${id}.${timestamp}`;
}
