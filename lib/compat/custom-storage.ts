import { attempted, member, thrownName } from '../check.js';
import type { Clock } from '../clock.js';
import { hearFailure } from '../errors.js';
import type { Recovered, Room, Storage, StorageListener, StorageStats } from '../journal/storage.js';
import { Warnings } from '../journal/warnings.js';
import { type Entry, isEntry, type SealedPath, type SealedRequest } from '../protocol/entry.js';

import type { CustomStorageMethod } from './conf.js';

const COMMIT_MS = 20;

interface Seal {
  readonly path: SealedPath;
  readonly head: string;
  readonly ids: readonly number[];
}

/**
 * Keeps the queue in a storage of the user's own, which knows only values by key. So the whole queue is one value; it is
 * written at most every 20 ms, and only when it changed.
 */
export class CustomStorage implements Storage {
  /** What an earlier process left and nobody has asked for yet. */
  readonly #left: SealedRequest[];
  readonly #entries = new Map<number, Entry>();
  readonly #seals = new Map<number, Seal>();
  readonly #warnings = new Warnings();
  #cancel: (() => void) | undefined;
  #degraded: string | undefined;
  #closed = false;

  constructor(
    private readonly method: CustomStorageMethod,
    private readonly clock: Clock,
    private readonly key = 'cly_weave_queue',
  ) {
    // Read at once: what is appended before `open` must not be written in place of what waits from before.
    const found = attempted(() => method.storeGet(key, undefined));
    hearFailure(found);
    const entries = listOf(member(found, 'entries')).filter(isEntry);
    for (const entry of entries) this.#entries.set(entry.id, entry);
    for (const seal of listOf(member(found, 'seals')).flatMap(sealFrom)) this.#setSeal(seal);
    this.#left = [...groupedBySeal(entries, this.#seals)];
  }

  open(listener: StorageListener): void {
    this.#warnings.listen(listener);
  }

  append(entry: Entry): void {
    this.#entries.set(entry.id, entry);
    this.#commitLater();
  }

  seal({ path, head, entries }: SealedRequest): void {
    this.#setSeal({ path, head, ids: entries.map(({ id }) => id) });
    this.#commitLater();
  }

  settle(entries: readonly Entry[]): void {
    for (const { id } of entries) {
      this.#entries.delete(id);
      this.#seals.delete(id);
    }
    this.#commitLater();
  }

  async recover({ entries, bytes }: Room): Promise<Recovered> {
    const found: SealedRequest[] = [];
    for (let [count, size] = [0, 0]; this.#left[0] !== undefined; ) {
      count += this.#left[0].entries.length;
      size += this.#left[0].entries.reduce((sum, { body }) => sum + body.length, 0);
      if (found.length > 0 && (count > entries || size > bytes)) break;
      found.push(...this.#left.splice(0, 1));
    }
    return {
      entries: found.flatMap((it) => (it.head === '' ? it.entries : [])),
      sealed: found.filter(({ head }) => head !== ''),
      nextId: this.#left[0]?.entries[0]?.id,
    };
  }

  async commit(): Promise<void> {
    this.commitSync();
  }

  commitSync(): void {
    if (this.#cancel === undefined) return;
    this.#cancel();
    this.#cancel = undefined;
    // Plain data: a storage may turn it into text.
    const snapshot = { entries: [...this.#entries.values()], seals: [...new Set(this.#seals.values())] };
    const failed = (error: unknown): void => {
      this.#degraded = `custom_storage_method.storeSet failed (${thrownName(error)}).`;
      this.#warnings.say('storeSet', `${this.#degraded} What waits is kept in memory only.`);
    };
    try {
      hearFailure(this.method.storeSet(this.key, snapshot), failed);
      this.#degraded = undefined;
    } catch (error) {
      failed(error);
    }
  }

  async close(): Promise<void> {
    this.commitSync();
    this.#closed = true;
  }

  stats(): StorageStats {
    return { bytesWritten: 0, ...(this.#degraded === undefined ? {} : { degraded: this.#degraded }) };
  }

  #commitLater(): void {
    if (!this.#closed) this.#cancel ??= this.clock.after(COMMIT_MS, () => this.commitSync());
  }

  #setSeal(seal: Seal): void {
    for (const id of seal.ids) this.#seals.set(id, seal);
  }
}

/** Read once: what is stored may be anything, also a list that throws when one looks at it. */
function listOf(value: unknown): unknown[] {
  return attempted(() => [value].flat()) ?? [];
}

/** The seal in a list, which is empty where it is none. */
function sealFrom(value: unknown): Seal[] {
  const [path, head, ids] = [member(value, 'path'), member(value, 'head'), listOf(member(value, 'ids'))];
  const isPath = path === '/i' || path === '/i/bulk';
  return isPath && typeof head === 'string' && ids.every(isId) ? [{ path, head, ids }] : [];
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** Requests in the order of their first entries; what was not sealed is one without a head. */
function* groupedBySeal(entries: readonly Entry[], seals: ReadonlyMap<number, Seal>): Iterable<SealedRequest> {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  for (const entry of entries) {
    const { path, head, ids } = seals.get(entry.id) ?? { path: '/i', head: '', ids: [entry.id] };
    const all = ids.flatMap((id) => byId.get(id) ?? []);
    for (const id of ids) byId.delete(id);
    if (all.length > 0) yield { deviceId: entry.deviceId, path, head, entries: all };
  }
}
