import type { EntryDraft } from '../protocol/entry.js';

/** The state of a visitor as it is to be, if nobody has changed it since. */
export interface VisitorChangeSet {
  readonly deviceId: string;
  /** The version that was changed; 0 when nothing was known of the visitor. */
  readonly version: number;
  readonly state: string;
  /** Milliseconds after which it may be forgotten. */
  readonly ttlMs: number;
}

/** What belongs together: the states of one visitor, or of two who become one, and what was recorded for them in order. */
export interface VisitorGroup {
  readonly changes: readonly VisitorChangeSet[];
  readonly entries: readonly EntryDraft[];
}

/** A visitor as stored; version 0 and an empty text when nothing is. */
export interface StoredVisitor {
  readonly version: number;
  readonly state: string;
}

/**
 * - `stored`: all entries are accepted and all states stored, under these versions, in the order of the changes.
 * - `conflict`: somebody changed one of the states; nothing was accepted. All states as they are, in that order.
 * - `apart`: the entries are accepted, by this process alone; the states are not stored.
 */
export type VisitorOutcome =
  | { readonly kind: 'stored'; readonly versions: readonly number[] }
  | { readonly kind: 'conflict'; readonly current: readonly StoredVisitor[] }
  | { readonly kind: 'apart' };

/** Texts that all processes see, for a time. Both may reject; nothing depends on them. */
export interface SharedCache {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
}

/**
 * Where the processes of a fleet keep what they know of visitors. One call at a time, each with all that was recorded within a
 * tick. One that rejects has accepted nothing. A device with entries that only this process has must get `apart`, or what is
 * recorded later would leave earlier.
 */
export interface VisitorStore {
  /** One outcome a group, in their order: each is done in one piece, or not at all. */
  commit(groups: readonly VisitorGroup[]): Promise<readonly VisitorOutcome[]>;
  /**
   * Nobody waits for the commit under way any more: its groups are `apart`, and whatever comes of it must not count twice. Without
   * it nothing of them counts as accepted.
   */
  abandon?(): void;
  readonly remoteConfig?: SharedCache | undefined;
  /** Seconds beyond its idle time that the state of a visitor is kept. @default 86400 */
  readonly visitorTtl?: number | undefined;
}
