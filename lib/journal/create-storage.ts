import type { Clock } from '../clock.js';
import { JournalStorage } from './journal.js';
import { MemoryStorage } from './memory.js';
import type { Storage } from './storage.js';

export { appStoragePath, defaultStoragePath } from './default-path.js';

/**
 * How safe an accepted entry is:
 * - `memory`: gone with the process. Nothing touches the disk.
 * - `batched`: written in the background every 20 ms; `kill -9` loses at most that much. About half a microsecond an entry.
 * - `sync`: written before the call returns; `kill -9` loses nothing. A system call, some microseconds, an entry.
 *
 * None of them waits for the device: a power failure may lose the last seconds.
 */
export type Durability = 'memory' | 'batched' | 'sync';

export interface StorageOptions {
  /** @default 'batched' */
  readonly durability?: Durability;
  /**
   * Root folder of the journal. May be shared by all processes of one app, never by several apps: see
   * `defaultStoragePath` and `appStoragePath`.
   */
  readonly path: string;
  readonly clock: Clock;
  /** Longest time an entry waits for its write with `batched`, in milliseconds. @default 20 */
  readonly commitIntervalMs?: number;
}

/** The built-in storage for a wanted durability. Touches nothing until it is used. */
export function createStorage({ durability = 'batched', ...options }: StorageOptions): Storage {
  if (durability === 'memory') return new MemoryStorage();
  return new JournalStorage({ ...options, sync: durability === 'sync' });
}
