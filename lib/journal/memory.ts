import type { EntryDraft } from '../protocol/entry.js';
import type { Storage, StorageStats } from './storage.js';

const NOTHING_WRITTEN: StorageStats = { bytesWritten: 0 };

/**
 * Gives ids and keeps nothing: the outbox holds the entries, and a process that ends takes them along. For tests, for
 * hosts without a disk, and where personal data must not touch one.
 */
export class MemoryStorage implements Storage {
  #nextId = 1;

  async open(): Promise<void> {}

  append(_entry: EntryDraft): number {
    return this.#nextId++;
  }

  seal(): void {}

  settle(): void {}

  async commit(): Promise<void> {}

  commitSync(): void {}

  async close(): Promise<void> {}

  stats(): StorageStats {
    return NOTHING_WRITTEN;
  }
}
