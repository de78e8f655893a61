import type { EntryDraft, SealedPath } from '../protocol/entry.js';
import type { HeadCut } from '../protocol/head.js';
import type { Storage, StorageListener, StorageStats } from './storage.js';

/**
 * A storage of the user's own, which gets each entry as a plain object: it may copy it with `{ ...entry }` or
 * `structuredClone`, and what it finds in it is what the contract of {@link Storage} names.
 */
export class ForeignStorage implements Storage {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  open(listener: StorageListener): Promise<void> {
    return this.#storage.open(listener);
  }

  append({ deviceId, idType, kind, feature, timestamp, tz, body, weight }: EntryDraft): number {
    return this.#storage.append({ deviceId, idType, kind, feature, timestamp, tz, body, weight });
  }

  seal(entryIds: readonly number[], path: SealedPath, head: string, cut?: HeadCut): void {
    const plain = cut && { frame: cut.frame, deviceId: cut.deviceId, timestamp: cut.timestamp };
    this.#storage.seal(entryIds, path, head, plain);
  }

  settle(entryIds: readonly number[]): void {
    this.#storage.settle(entryIds);
  }

  commit(): Promise<void> {
    return this.#storage.commit();
  }

  commitSync(): void {
    this.#storage.commitSync();
  }

  close(): Promise<void> {
    return this.#storage.close();
  }

  stats(): StorageStats {
    return this.#storage.stats();
  }
}
