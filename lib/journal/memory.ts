import type { Recovered, Storage, StorageStats } from './storage.js';

export const NOTHING: Recovered = Object.freeze({ entries: [], sealed: [] });

/** Keeps nothing: what waits is in the queue, and is gone with the process. */
export class MemoryStorage implements Storage {
  open(): void {}
  append(): void {}
  seal(): void {}
  settle(): void {}
  async recover(): Promise<Recovered> {
    return NOTHING;
  }
  async commit(): Promise<void> {}
  commitSync(): void {}
  async close(): Promise<void> {}
  stats(): StorageStats {
    return { bytesWritten: 0 };
  }
}
