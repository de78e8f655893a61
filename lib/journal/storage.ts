import type { Entry, EntryDraft, SealedPath, SealedRequest } from '../protocol/entry.js';
import type { HeadCut } from '../protocol/head.js';

/** What an earlier process left behind, handed to the outbox once it could be read. */
export interface Recovered {
  /** Entries no request was made of yet, in the order of acceptance. */
  readonly entries: readonly Entry[];
  /** Requests that were sealed but never settled; they must go out again with the same bytes. */
  readonly sealed: readonly SealedRequest[];
}

/** Counters a storage keeps for diagnostics. */
export interface StorageStats {
  /** Bytes written since it was opened. */
  readonly bytesWritten: number;
  /** Set when the storage could not do its work and keeps entries in memory only; the text says why. */
  readonly degraded?: string;
}

/**
 * Keeps accepted entries until they are settled.
 *
 * Rules for implementers:
 * - `append`, `seal` and `settle` are called on the host's hot path: they MUST NOT throw, block on the network or wait;
 *   buffer, and write in the background.
 * - Ids are positive integers, increasing in the order of `append`, unique among live and recovered entries.
 * - An entry is gone only after `settle` (it was delivered, or dropped for a counted reason).
 * - Entries that `open` recovers keep their order; sealed requests keep `path`, `head` and the order of their entries.
 * - Whatever fails is told once through the `warn` callback; the storage then goes on in memory.
 */
export interface Storage {
  /**
   * Called once, before or after the first `append`. Resolves when everything an earlier process left has been handed
   * to `recovered` (which may be called again later, when the storage adopts what a dead process left).
   */
  open(listener: StorageListener): Promise<void>;
  /** Takes an entry and gives it its id. */
  append(entry: EntryDraft): number;
  /**
   * Remembers that these entries now form one request with these bytes. A later seal of the same entries takes the place
   * of the former one (a request that was too large is split; one that lost entries is sealed again). The array is not
   * changed afterwards. `cut` says how the head is made up, for a storage that keeps it in a shorter way.
   */
  seal(entryIds: readonly number[], path: SealedPath, head: string, cut?: HeadCut): void;
  /** Forgets entries: they were delivered, or dropped and counted. */
  settle(entryIds: readonly number[]): void;
  /** Resolves when everything taken so far is as safe as this storage makes it. Never rejects. */
  commit(): Promise<void>;
  /** The same, blocking: for the last moment of a dying process. Never throws. */
  commitSync(): void;
  /** Commits and releases files, locks and timers. Later calls are ignored. Never rejects. */
  close(): Promise<void>;
  stats(): StorageStats;
}

export interface StorageListener {
  recovered(found: Recovered): void;
  /** Something that a person should know; at most once for each cause. */
  warn(message: string): void;
}
