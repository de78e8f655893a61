import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isList, member, textFrom } from '../check.js';
import { type Clock, systemClock } from '../clock.js';
import { JournalStorage } from '../journal/journal.js';
import { MemoryStorage } from '../journal/memory.js';
import { defaultStoragePath, journalPath } from '../journal/path.js';
import type { Recovered, Room, Storage, StorageListener, StorageStats } from '../journal/storage.js';
import type { Entry, SealedPath, SealedRequest } from '../protocol/entry.js';
import { attempted } from './calls.js';
import { type BulkConf, type CustomStorageMethod, StorageTypes } from './conf.js';

/** Where an official configuration keeps things: a folder, a storage of the user's own, or nowhere. */
export interface StorageLocation {
  readonly folder: string | undefined;
  readonly custom: CustomStorageMethod | undefined;
  /** Where the official SDK has its files: beginnings of paths. */
  readonly legacy: readonly string[];
}

const NOWHERE: StorageLocation = { folder: undefined, custom: undefined, legacy: [] };

export function locationOf(conf: BulkConf, mode: 'client' | 'bulk'): StorageLocation {
  const { storage_path, storage_type, persist_queue, custom_storage_method } = conf;
  if (isCustomStorage(custom_storage_method)) return { ...NOWHERE, custom: custom_storage_method };
  const bulk = mode === 'bulk';
  const onDisk = storage_type ? storage_type !== StorageTypes.MEMORY : !bulk || !!persist_queue;
  if (!onDisk) return NOWHERE;
  const path = textFrom(storage_path);
  const folder = path ? resolve(path) : join(defaultStoragePath(conf.app_key ?? ''), bulk ? 'bulk' : '');
  return { ...NOWHERE, folder, legacy: legacyPrefixes(path, bulk ? 'bulk_data' : 'data') };
}

/** The queue for a server. Entries do not say which application they are for, so each other one has a part. */
export function storageAt({ custom, folder }: StorageLocation, url: string, part?: string): Storage {
  if (custom) return new CustomStorage(custom, systemClock, `cly_weave_${part ?? 'queue'}`);
  if (folder === undefined) return new MemoryStorage();
  return new JournalStorage({ path: journalPath(join(folder, part ?? ''), url), clock: systemClock });
}

/** Small values the official SDK keeps by key: `cly_id`, `cly_id_type`. */
export interface KeyedValues {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

/** @param afresh without what the official SDK has left in other places */
export function valuesAt({ custom, folder, legacy }: StorageLocation, afresh = false): KeyedValues {
  if (custom) {
    // What it throws stays here; the queue in it tells of it.
    return {
      get: (key) => attempted(() => custom.storeGet(key, undefined)) ?? undefined,
      set: (key, value) => attempted(() => custom.storeSet(key, value)),
    };
  }
  if (folder === undefined) return { get: () => undefined, set: () => {} };
  return fileValues(folder, afresh ? [] : legacy);
}

/** The official format: one file a key, `__<key>.json`, with the key inside. It stays readable for a way back. */
function fileValues(folder: string, elsewhere: readonly string[]): KeyedValues {
  return {
    get(key) {
      for (const prefix of [`${folder}/`, ...elsewhere]) {
        const text = attempted(() => readFileSync(`${prefix}__${key}.json`, 'utf8'));
        const content = text === undefined ? undefined : attempted((): unknown => JSON.parse(text));
        // A file that says null was cleared; what stands in other places is older.
        if (content !== undefined) return member(content, key) ?? undefined;
      }
      return undefined;
    },
    set(key, value) {
      const file = join(folder, `__${key}.json`);
      const draft = `${file}.${process.pid}.tmp`;
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        // Renamed into place: a crash in between leaves the former value (the official SDK leaves half a file).
        writeFileSync(draft, JSON.stringify({ [key]: value }), { mode: 0o600 });
        renameSync(draft, file);
      } catch {
        rmSync(draft, { force: true });
      }
    },
  };
}

function isCustomStorage(value: unknown): value is CustomStorageMethod {
  return ['storeSet', 'storeGet', 'storeRemove'].every((name) => typeof member(value, name) === 'function');
}

/**
 * Where the official SDK has put its files for this `storage_path`: beginnings of paths, because it joins path and file
 * name without a separator, and resolves a relative path against its own folder inside `node_modules`.
 */
function legacyPrefixes(storagePath: string | undefined, defaultFolder: 'data' | 'bulk_data'): string[] {
  const library = officialFolder();
  if (storagePath === undefined) return library === undefined ? [] : [join(library, '..', defaultFolder, '/')];
  const bases = isAbsolute(storagePath) || library === undefined ? [process.cwd()] : [library, process.cwd()];
  return bases.flatMap((base) => {
    const path = resolve(base, storagePath);
    return /[\\/]$/.test(storagePath) ? [`${path}/`] : [`${path}/`, path];
  });
}

function officialFolder(): string | undefined {
  // As Node looks for packages, which bundlers would take for a dependency of ours.
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', 'countly-sdk-nodejs');
    if (existsSync(join(found, 'package.json'))) return join(found, 'lib');
    if (folder === dirname(folder)) return undefined;
  }
}

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
  /** What an earlier process left and nobody has asked for yet. */
  readonly #left: SealedRequest[];
  readonly #entries = new Map<number, Entry>();
  readonly #seals = new Map<number, Seal>();
  #cancel: (() => void) | undefined;
  #listener: StorageListener | undefined;
  #degraded: string | undefined;
  #closed = false;

  constructor(method: CustomStorageMethod, clock: Clock, key = 'cly_weave_queue') {
    this.#method = method;
    this.#key = key;
    this.#clock = clock;
    // Read at once: what is appended before `open` must not be written in place of what waits from before.
    const found = attempted(() => method.storeGet(key, undefined));
    const [entries, seals] = [listAt<Entry>(found, 'entries'), listAt<Seal>(found, 'seals')];
    for (const entry of entries) this.#entries.set(entry.id, entry);
    for (const seal of seals) for (const id of seal.ids) this.#seals.set(id, seal);
    this.#left = [...groupedBySeal(entries, this.#seals)];
  }

  open(listener: StorageListener): void {
    this.#listener = listener;
  }

  append(entry: Entry): void {
    this.#entries.set(entry.id, entry);
    this.#commitLater();
  }

  seal({ path, head, entries }: SealedRequest): void {
    const seal: Seal = { path, head, ids: entries.map(({ id }) => id) };
    for (const id of seal.ids) this.#seals.set(id, seal);
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
    const snapshot: Snapshot = { entries: [...this.#entries.values()], seals: [...new Set(this.#seals.values())] };
    try {
      this.#method.storeSet(this.#key, snapshot);
    } catch (error) {
      this.#degraded = `custom_storage_method.storeSet failed (${error instanceof Error ? error.name : typeof error}).`;
      this.#listener?.warn(`${this.#degraded} What waits is kept in memory only.`);
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
    if (this.#closed) return;
    this.#cancel ??= this.#clock.after(COMMIT_MS, () => this.commitSync());
  }
}

function listAt<T>(snapshot: unknown, name: keyof Snapshot): T[] {
  const list = member(snapshot, name);
  // A copy: a storage that returns what it was given would otherwise show later changes of ours.
  return isList(list) ? ([...list] as T[]) : [];
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
