import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
const UNPRINTABLE = /[\u0000-\u001f\u007f\u2028\u2029\ufeff\ud800-\udfff]/;

/**
 * A device id as it may be recorded under, or undefined when the value cannot be one: ids often come from a header or a
 * cookie, so anyone can send anything. Numbers become text; the server ignores the zero UUID and would make a garbage
 * user of the temporary id (docs/protocol.md §2.1).
 */
export function sanitizeDeviceId(value: unknown): string | undefined {
  // Scopes of one person follow each other, most of all within a request.
  if (lastGood !== undefined && value === lastGood) return lastGood;
  const id = checkedId(value);
  if (id !== undefined && id === value) lastGood = id;
  return id;
}

let lastGood: string | undefined;

function checkedId(value: unknown): string | undefined {
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
  if (typeof text !== 'string' || text.length > MAX_LENGTH * 4) return undefined;
  const id = text.trim();
  if (id === '' || id.length > MAX_LENGTH || id === ZERO_UUID || id === TEMPORARY_ID) return undefined;
  return UNPRINTABLE.test(id) ? undefined : id;
}

/** Where the own device's id is kept between starts. */
export class DeviceIdFile {
  readonly #path: string | undefined;
  readonly #folder: string;

  /** @param folder undefined keeps nothing */
  constructor(folder: string | undefined) {
    this.#folder = folder ?? '';
    this.#path = folder === undefined ? undefined : join(folder, 'device-id');
  }

  /** The configured id, else the stored one, else a new one that is stored. */
  load(configured: string | undefined): OwnDevice {
    if (configured !== undefined) return { id: sanitizeDeviceId(configured) ?? randomUUID(), type: 0 };
    return this.#read() ?? this.#create();
  }

  /** The device goes by this id from now on, also after a restart. */
  store({ id, type }: OwnDevice): void {
    if (this.#path === undefined) return;
    const draft = `${this.#path}.${process.pid}`;
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      writeFileSync(draft, textOf(id, type), { mode: 0o600 });
      renameSync(draft, this.#path);
    } catch {
      // A disk that takes nothing; the journal tells about it.
    }
  }

  clear(): void {
    if (this.#path !== undefined) rmSync(this.#path, { force: true });
  }

  #read(): OwnDevice | undefined {
    if (this.#path === undefined) return undefined;
    try {
      const [first, second] = readFileSync(this.#path, 'utf8').split('\n');
      const id = sanitizeDeviceId(first);
      return id === undefined ? undefined : { id, type: second === '0' ? 0 : 1 };
    } catch {
      // The first start here, or a folder that cannot be read.
      return undefined;
    }
  }

  #create(): OwnDevice {
    const id = randomUUID();
    if (this.#path === undefined) return { id, type: 1 };
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      // Two processes may start at once: the first writer wins, the other takes its id.
      writeFileSync(this.#path, textOf(id, 1), { mode: 0o600, flag: 'wx' });
      return { id, type: 1 };
    } catch {
      return this.#read() ?? { id, type: 1 };
    }
  }
}

/** A generated id stands alone; one that was given is followed by its type. */
function textOf(id: string, type: DeviceIdType): string {
  return type === 0 ? `${id}\n0\n` : id;
}
