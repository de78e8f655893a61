import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { attempted, member, textFrom } from '../check.js';
import { systemClock } from '../clock.js';
import { JournalStorage } from '../journal/journal.js';
import { MemoryStorage } from '../journal/memory.js';
import { defaultStoragePath, journalPath } from '../journal/path.js';
import type { Storage } from '../journal/storage.js';
import { SmallFile } from '../scope/device-id.js';
import { parsed } from './calls.js';
import { type BulkConf, type CustomStorageMethod, StorageTypes } from './conf.js';
import { CustomStorage } from './custom-storage.js';

/** Where an official configuration keeps things: a folder, a storage of the user's own, or nowhere. */
export interface StorageLocation {
  readonly folder: string | undefined;
  readonly custom: CustomStorageMethod | undefined;
  /** Where the official SDK has its files: beginnings of paths. */
  readonly legacy: readonly string[];
}

const NOWHERE: StorageLocation = { folder: undefined, custom: undefined, legacy: [] };
const CUSTOM_METHODS = ['storeSet', 'storeGet', 'storeRemove'];

export function locationOf(conf: BulkConf, mode: 'client' | 'bulk'): StorageLocation {
  const { storage_path, storage_type, persist_queue, custom_storage_method } = conf;
  const isUsable = CUSTOM_METHODS.every((name) => typeof member(custom_storage_method, name) === 'function');
  if (custom_storage_method && isUsable) return { ...NOWHERE, custom: custom_storage_method };
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

export function valuesAt({ custom, folder, legacy }: StorageLocation): KeyedValues {
  if (custom) {
    // What it throws stays here; the queue in it tells of it.
    return {
      get: (key) => attempted(() => custom.storeGet(key, undefined)) ?? undefined,
      set: (key, value) => attempted(() => custom.storeSet(key, value)),
    };
  }
  if (folder === undefined) return { get: () => undefined, set: () => {} };
  // The official format: one file a key, with the key inside. It stays readable for a way back.
  const fileOf = (key: string, prefix = `${folder}/`) => new SmallFile(`${prefix}__${key}.json`);
  return {
    get(key) {
      const contents = [`${folder}/`, ...legacy].map((prefix) => parsed(fileOf(key, prefix).read()));
      // A file that says null was cleared; what stands in other places is older.
      const newest = contents.find((content) => content !== undefined);
      return member(newest, key) ?? undefined;
    },
    set: (key, value) => fileOf(key).write(JSON.stringify({ [key]: value })),
  };
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
