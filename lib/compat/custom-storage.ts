import type { Clock } from '../clock.js';
import type { Storage, StorageListener, StorageStats } from '../journal/storage.js';
import type { Entry, EntryDraft, SealedPath, SealedRequest } from '../protocol/entry.js';
import type { CustomStorageMethod } from './conf.js';

const COMMIT_MS = 20;

interface Seal {
  readonly path: SealedPath;
  readonly head: string;
  readonly ids: readonly number[];
}

/** What is kept under one key. Plain data: a storage may turn it into text. */
interface Snapshot {
  readonly entries: readonly Entry[];
  readonly seals: readonly Seal[];
}

/**
 * Keeps the queue in a storage of the user's own, which knows only values by key. So the whole queue is one value; it is
 * written at most every 20 ms, and only when it changed.
 */
export class CustomStorage implements Storage {
  readonly #method: CustomStorageMethod;
  readonly #clock: Clock;
  readonly #key: string;
  readonly #left: Snapshot;
  readonly #entries = new Map<number, Entry>();
  readonly #seals = new Map<number, Seal>();
  #nextId = 1;
  #changed = false;
  #cancel: (() => void) | undefined;
  #listener: StorageListener | undefined;
  #degraded: string | undefined;

  constructor(method: CustomStorageMethod, clock: Clock, key = 'cly_weave_queue') {
    this.#method = method;
    this.#key = key;
    this.#clock = clock;
    // Read at once: what is appended before `open` must not be written in place of what waits from before.
    this.#left = this.#read();
    for (const entry of this.#left.entries) {
      this.#entries.set(entry.id, entry);
      this.#nextId = Math.max(this.#nextId, entry.id + 1);
    }
    for (const seal of this.#left.seals) for (const id of seal.ids) this.#seals.set(id, seal);
  }

  async open(listener: StorageListener): Promise<void> {
    this.#listener = listener;
    const found = new Map(this.#left.entries.map((entry) => [entry.id, entry]));
    const sealed: SealedRequest[] = [];
    for (const { ids, path, head } of this.#left.seals) {
      const entries = ids.flatMap((id) => found.get(id) ?? []);
      for (const id of ids) found.delete(id);
      if (entries[0]) sealed.push({ deviceId: entries[0].deviceId, path, head, entries });
    }
    if (sealed.length > 0 || found.size > 0) listener.recovered({ entries: [...found.values()], sealed });
  }

  append(draft: EntryDraft): number {
    const id = this.#nextId++;
    this.#entries.set(id, { ...draft, id });
    this.#commitLater();
    return id;
  }

  seal(ids: readonly number[], path: SealedPath, head: string): void {
    const seal: Seal = { path, head, ids: [...ids] };
    for (const id of ids) this.#seals.set(id, seal);
    this.#commitLater();
  }

  settle(ids: readonly number[]): void {
    for (const id of ids) {
      this.#entries.delete(id);
      this.#seals.delete(id);
    }
    this.#commitLater();
  }

  async commit(): Promise<void> {
    this.commitSync();
  }

  commitSync(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (!this.#changed) return;
    this.#changed = false;
    const seals = new Set(this.#seals.values());
    const snapshot: Snapshot = { entries: [...this.#entries.values()], seals: [...seals] };
    try {
      this.#method.storeSet(this.#key, snapshot);
    } catch (error) {
      this.#degraded = `custom_storage_method.storeSet failed (${error instanceof Error ? error.name : typeof error}).`;
      this.#listener?.warn(`${this.#degraded} What waits is kept in memory only.`);
    }
  }

  async close(): Promise<void> {
    this.commitSync();
  }

  stats(): StorageStats {
    return { bytesWritten: 0, ...(this.#degraded === undefined ? {} : { degraded: this.#degraded }) };
  }

  #commitLater(): void {
    this.#changed = true;
    this.#cancel ??= this.#clock.after(COMMIT_MS, () => this.commitSync());
  }

  #read(): Snapshot {
    try {
      const value = this.#method.storeGet(this.#key, undefined) as Partial<Snapshot> | null | undefined;
      if (!Array.isArray(value?.entries)) return { entries: [], seals: [] };
      // A storage that returns what it was given would otherwise show later changes of ours.
      return { entries: [...value.entries], seals: Array.isArray(value.seals) ? [...value.seals] : [] };
    } catch {
      return { entries: [], seals: [] };
    }
  }
}
