import type { Entry, SealedRequest } from '../protocol/entry.js';

/** How much the client can take, now. */
export interface Room {
  /** How many. */
  readonly entries: number;
  /** Characters of the entries' bodies. */
  readonly bytes: number;
}

/** What an earlier process left behind, as far as there was room for it. */
export interface Recovered {
  /** Entries no request was made of yet, in the order of acceptance. */
  readonly entries: readonly Entry[];
  /** Requests that were sealed and not settled; they go out again with the same bytes. */
  readonly sealed: readonly SealedRequest[];
  /** Set while more is left for the next call: no entry that is still to come has a smaller id. */
  readonly nextId?: number | undefined;
}

/** Counters a storage keeps for diagnostics. */
export interface StorageStats {
  /** Bytes written since it was opened. */
  readonly bytesWritten: number;
  /** Set when the storage could not do its work and keeps entries in memory only; the text says why. */
  readonly degraded?: string;
}

/** Told by a storage. */
export interface StorageListener {
  /** There is something to `recover` that was not there before, such as the entries of a process that has died. */
  found(): void;
  /** What was kept is gone: everything that waits is to be appended, and sealed, again. */
  lost(): void;
  /** Something that a person should know; at most once for each cause. */
  warn(message: string): void;
}

/**
 * Keeps accepted entries until they are settled. It knows entries, seals and settlements, and nothing of their insides.
 *
 * Rules for implementers, which `storageContract` of `countly-weave/testing` checks:
 * - `append`, `seal` and `settle` are called on the host's hot path: they MUST NOT throw, block on the network or wait;
 *   buffer, and write in the background.
 * - An entry is gone only after `settle` (it was delivered, or dropped for a counted reason).
 * - What is recovered keeps every field of its entries, `id` above all, and of sealed requests also `path`, `head` and
 *   the order of their entries. Each entry is recovered once, by one process.
 * - Whatever fails is told once through `warn`; the storage then goes on in memory.
 * - Calls after `close` do nothing.
 *
 * A whole storage in sixty lines is in `docs/storage.md`.
 */
export interface Storage {
  /** Called once, before or after the first `append`. */
  open(listener: StorageListener): void;
  /** Takes an entry. Ids increase from call to call, except after `lost`. */
  append(entry: Entry): void;
  /**
   * Remembers that these entries form one request with these bytes. A later seal of the same entries takes the place of
   * the former one: a request that was too large is split, one that lost entries is sealed again.
   */
  seal(request: SealedRequest): void;
  /**
   * Forgets entries: they were delivered, or dropped and counted. Unknown ones are no mistake.
   * @param outcome `delivered`, or why they were dropped; undefined for one whose place another entry takes
   */
  settle(entries: readonly Entry[], outcome?: string): void;
  /**
   * Hands out what earlier processes left, oldest first: as much as there is room for, and the rest with later calls. At
   * least one entry or one request is handed out if there is any room at all. Never rejects.
   */
  recover(room: Room): Promise<Recovered>;
  /** Resolves when everything taken so far is as safe as this storage makes it. Never rejects. */
  commit(): Promise<void>;
  /** The same, blocking: for the last moment of a dying process. Never throws. */
  commitSync(): void;
  /** Commits and releases files, locks and timers. Never rejects. */
  close(): Promise<void>;
  /** Read by `countly.stats()`; cheap. */
  stats(): StorageStats;
}
