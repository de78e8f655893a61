import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { CustomStorageMethod } from './storage-types.js';

/** Small values the official SDK keeps by key: `cly_id`, `cly_id_type`. */
export interface LegacyStore {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

/** The official format: one file a key, `__<key>.json`, with the key inside. It stays readable for a way back. */
export class FileStore implements LegacyStore {
  readonly #folder: string;
  readonly #elsewhere: readonly string[];

  /** Written to `folder`; read from there, else from the first of `elsewhere` (beginnings of paths) that has it. */
  constructor(folder: string, elsewhere: readonly string[]) {
    this.#folder = folder;
    this.#elsewhere = elsewhere;
  }

  get(key: string): unknown {
    for (const prefix of [`${this.#folder}/`, ...this.#elsewhere]) {
      try {
        const content: unknown = JSON.parse(readFileSync(`${prefix}__${key}.json`, 'utf8'));
        // A file that says null was cleared; what stands in other places is older.
        return (content as Record<string, unknown> | null)?.[key] ?? undefined;
      } catch {
        // Not there, or broken: the next place, or a new value.
      }
    }
    return undefined;
  }

  set(key: string, value: unknown): void {
    const file = join(this.#folder, `__${key}.json`);
    const draft = `${file}.${process.pid}.tmp`;
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      // Renamed into place: a crash in between leaves the former value (the official SDK leaves half a file).
      writeFileSync(draft, JSON.stringify({ [key]: value }), { mode: 0o600 });
      renameSync(draft, file);
    } catch {
      rmSync(draft, { force: true });
    }
  }
}

/** Storage of the user's own; what it throws stays there. */
export class CustomStore implements LegacyStore {
  readonly #method: CustomStorageMethod;

  constructor(method: CustomStorageMethod) {
    this.#method = method;
  }

  get(key: string): unknown {
    try {
      return this.#method.storeGet(key, undefined) ?? undefined;
    } catch {
      return undefined;
    }
  }

  set(key: string, value: unknown): void {
    try {
      this.#method.storeSet(key, value);
    } catch {
      // Said by the storage itself, if by anyone.
    }
  }
}

/** Keeps nothing. */
export const noStore: LegacyStore = { get: () => undefined, set: () => {} };

export function isCustomStorage(value: unknown): value is CustomStorageMethod {
  const methods = value as Partial<CustomStorageMethod> | null | undefined;
  return [methods?.storeSet, methods?.storeGet, methods?.storeRemove].every((method) => typeof method === 'function');
}

/**
 * Where the official SDK has put its files for this `storage_path`: beginnings of paths, because it joins path and file
 * name without a separator, and resolves a relative path against its own folder inside `node_modules`.
 */
export function legacyPrefixes(storagePath: string | null | undefined, defaultFolder: 'data' | 'bulk_data'): string[] {
  const library = officialFolder();
  if (!storagePath) return library === undefined ? [] : [join(library, '..', defaultFolder, '/')];
  const bases = isAbsolute(storagePath) || library === undefined ? [process.cwd()] : [library, process.cwd()];
  return bases.flatMap((base) => {
    const path = resolve(base, storagePath);
    return /[\\/]$/.test(storagePath) ? [`${path}/`] : [`${path}/`, path];
  });
}

function officialFolder(): string | undefined {
  try {
    const manifest = createRequire(join(process.cwd(), 'index.js')).resolve('countly-sdk-nodejs/package.json');
    return join(dirname(manifest), 'lib');
  } catch {
    return undefined;
  }
}
