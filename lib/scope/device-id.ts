import { randomBytes, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DeviceIdType } from '../protocol/entry.js';

/** The process's own device. */
export interface OwnDevice {
  readonly id: string;
  readonly type: DeviceIdType;
}

/** Stands for an id that is not known yet; never sent (docs/protocol.md §2.1). */
export const TEMPORARY_ID = '[CLY]_temp_id';

const MAX_LENGTH = 256;
const ZERO_UUID = '00000000-0000-0000-0000-000000000000';
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const UNPRINTABLE = /[\u0000-\u001f\u007f\u2028\u2029\ufeff]/;

/**
 * A device id as it may be recorded under, or undefined when the value cannot be one: ids often come from a header or a
 * cookie, so anyone can send anything. Numbers become text; the server ignores the zero UUID and would make a garbage
 * user of the temporary id (docs/protocol.md §2.1).
 */
export function sanitizeDeviceId(value: unknown): string | undefined {
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
  if (typeof text !== 'string' || text.length > MAX_LENGTH * 4) return undefined;
  const id = text.trim();
  if (id === '' || id === ZERO_UUID || id === TEMPORARY_ID) return undefined;
  // Half of an emoji is none.
  if (UNPRINTABLE.test(id) || !id.isWellFormed()) return undefined;
  // Characters as people count them: an emoji is one. There are never more of them than units.
  return id.length <= MAX_LENGTH || [...id].length <= MAX_LENGTH ? id : undefined;
}

/** Where the own device's id is kept between starts. */
export class DeviceIdFile {
  readonly #file: SmallFile;

  /** @param folder undefined keeps nothing */
  constructor(folder: string | undefined) {
    this.#file = new SmallFile(folder === undefined ? undefined : join(folder, 'device-id'));
  }

  /** The configured id, else the stored one, else a new one that is stored. */
  load(configured: string | undefined): OwnDevice {
    if (configured !== undefined) return { id: sanitizeDeviceId(configured) ?? randomUUID(), type: 0 };
    return this.#read() ?? this.#create();
  }

  /** The device goes by this id from now on, also after a restart. */
  store({ id, type }: OwnDevice): void {
    // A generated id stands alone; one that was given is followed by its type.
    this.#file.write(type === 0 ? `${id}\n0\n` : id);
  }

  clear(): void {
    this.#file.remove();
  }

  #read(): OwnDevice | undefined {
    const [first, second] = this.#file.read()?.split('\n') ?? [];
    const id = sanitizeDeviceId(first);
    return id === undefined ? undefined : { id, type: second === '0' ? 0 : 1 };
  }

  #create(): OwnDevice {
    const device = { id: randomUUID(), type: 1 } as const;
    this.#file.create(device.id);
    const stored = this.#read();
    if (stored !== undefined) return stored;
    // What is there is no id, or the file system knows no links.
    this.store(device);
    return this.#read() ?? device;
  }
}

/**
 * A text kept on disk between starts. A crash leaves the former text or the new one, never a part. Nothing here throws: a disk
 * that takes nothing costs what is in the file, and the journal tells about it.
 */
export class SmallFile {
  /** @param path undefined keeps nothing */
  constructor(private readonly path: string | undefined) {}

  /** Undefined when there is none, or none that can be read. */
  read(): string | undefined {
    return this.#try((path) => readFileSync(path, 'utf8'));
  }

  write(text: string): void {
    this.#try((path) => this.#draft(path, text, (draft) => renameSync(draft, path)));
  }

  /** Writes unless there is a file: of processes that start at once, the first wins. */
  create(text: string): void {
    this.#try((path) => this.#draft(path, text, (draft) => linkSync(draft, path)));
  }

  remove(): void {
    this.#try((path) => rmSync(path, { force: true }));
  }

  #draft(path: string, text: string, finish: (draft: string) => void): void {
    const draft = `${path}.${randomBytes(6).toString('hex')}`;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    try {
      writeFileSync(draft, text, { mode: 0o600 });
      finish(draft);
    } finally {
      rmSync(draft, { force: true });
    }
  }

  #try<T>(work: (path: string) => T): T | undefined {
    try {
      return this.path === undefined ? undefined : work(this.path);
    } catch {
      return undefined;
    }
  }
}
