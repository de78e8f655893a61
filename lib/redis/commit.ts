import type { Entry, SealedPath } from '../protocol/entry.js';
import { bytesOf, fieldsOf, takenBack } from './entry-fields.js';
import { type Keys, laneOf } from './keys.js';
import { type RedisCall, type RedisLink, type Reply, reasonOf } from './link.js';

/** Longest time between adding an entry and adding it once more without knowing: a pod's disk may come back late. */
const REMEMBERED_MS = 86_400_000;

/** An entry, and whose count its id is of: ids of one device and one process increase. */
export interface AddedEntry {
  readonly producer: string;
  readonly entry: Entry;
}

/** The state of a visitor, changed only if it still has this version (0 for none). */
export interface StateChange {
  readonly deviceId: string;
  readonly version: number;
  readonly newState: string;
  /** Milliseconds after which it may be forgotten. */
  readonly ttlMs: number;
}

/** What is added in one piece: entries, and the states they go with (two when two visitors become one). */
export interface EntryGroup {
  readonly entries: readonly AddedEntry[];
  /** The entries are a request of one device with fixed bytes: it may have been sent. */
  readonly request?: { readonly path: SealedPath; readonly head: string } | undefined;
  readonly states?: readonly StateChange[];
}

export interface StoredState {
  readonly version: number;
  readonly state: string;
}

/**
 * - `added`: all of the group is in Redis, each entry once. The states are what was asked for, under these versions.
 * - `known`: it was there before. The states are those that are stored now.
 * - `conflict`: nothing was added, for a state has another version. The states are those that are stored.
 * - `full`: nothing was added.
 * - `failed`: unknown; to be tried again as it is.
 */
export type GroupResult =
  | { readonly kind: 'added'; readonly versions: readonly number[] }
  | { readonly kind: 'full' }
  | { readonly kind: 'known' | 'conflict'; readonly states: readonly StoredState[] }
  | { readonly kind: 'failed'; readonly reason: string };

export interface Bounds {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** Adds groups, all in one round trip, each for itself. Never rejects. */
export async function commit(
  link: RedisLink,
  keys: Keys,
  lanes: number,
  bounds: Bounds,
  groups: readonly EntryGroup[],
): Promise<GroupResult[]> {
  const replies = await link.tried(groups.map((group) => callOf(keys, lanes, bounds, group)));
  return groups.map((_, i) => resultOf(replies === undefined ? undefined : replies[i]));
}

function callOf(keys: Keys, lanes: number, { maxEntries, maxBytes }: Bounds, group: EntryGroup): RedisCall {
  const { entries, request, states = [] } = group;
  const devices = [...new Set(entries.map(({ entry }) => entry.deviceId))];
  return {
    script: 'ADD',
    keys: [
      ...[keys.seq(), keys.ledger(), keys.withdrawn(), keys.withdrawals(), keys.meta()],
      ...devices.flatMap((deviceId) => {
        const lane = laneOf(deviceId, lanes);
        return [keys.lane(lane), keys.added(deviceId), keys.seals(lane)];
      }),
      ...states.map((state) => keys.visitor(state.deviceId)),
    ],
    args: [
      ...[maxEntries, maxBytes, REMEMBERED_MS, request?.path ?? '', request?.head ?? ''],
      ...[devices.length, states.length, ...devices],
      ...states.flatMap(({ version, newState, ttlMs }) => [version, newState, ttlMs]),
      ...entries.flatMap(({ producer, entry }) => [
        ...[devices.indexOf(entry.deviceId) + 1, producer, entry.id, entry.weight, bytesOf(entry)],
        ...[fieldsOf(entry), entry.body, takenBack(entry).join(',')],
      ]),
    ],
  };
}

function resultOf(reply: Reply): GroupResult {
  if (!Array.isArray(reply)) {
    const reason = reply instanceof Error ? reasonOf(reply) : 'Redis cannot be reached';
    return { kind: 'failed', reason };
  }
  const [kind, ...rest] = reply as string[];
  if (kind === 'added') return { kind, versions: rest.map(Number) };
  if (kind === 'full') return { kind };
  const states: StoredState[] = [];
  for (let i = 0; i + 1 < rest.length; i += 2) states.push({ version: Number(rest[i]), state: rest[i + 1] ?? '' });
  if (kind === 'known' || kind === 'conflict') return { kind, states };
  return { kind: 'failed', reason: 'Redis gave an answer that is none' };
}
