import { randomBytes, randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { DeviceIdentity } from './scope-target.js';

/** The process's own device. */
export type OwnDevice = Pick<DeviceIdentity, 'deviceId' | 'idType'>;

/** Stands for an id that is not known yet; never sent (docs/protocol.md §2.1). */
export const TEMPORARY_ID = '[CLY]_temp_id';

const MAX_LENGTH = 256;
const ZERO_UUID = '00000000-0000-0000-0000-000000000000';
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/;

/** What {@link sanitizeDeviceId} takes, in words. */
export const DEVICE_ID = 'a text of 1 to 256 printable characters';

/** A device id as it may be recorded under. Ids often come from a header or a cookie, so anyone can send anything. */
export function sanitizeDeviceId(value: unknown): string | undefined {
  // `NaN` is what became of no number: it would make one person of everybody who has none.
  const isNumber = typeof value === 'bigint' || Number.isFinite(value);
  const text = isNumber ? String(value) : value;
  if (typeof text !== 'string' || text.length > MAX_LENGTH * 4) return undefined;
  const id = text.trim();
  // The server ignores the zero UUID and would make a garbage user of the temporary id (docs/protocol.md §2.1).
  if (id === '' || id === ZERO_UUID || id === TEMPORARY_ID) return undefined;
  // Half of an emoji is none.
  if (UNPRINTABLE.test(id) || !id.isWellFormed()) return undefined;
  // Characters as people count them: an emoji is one. There are never more of them than units.
  return id.length <= MAX_LENGTH || [...id].length <= MAX_LENGTH ? id : undefined;
}

// An answer of a server is no larger.
const LONGEST_FILE = 16 * 1024 * 1024;

/** A text kept between starts: after a crash the former or the new one. Nothing throws; the journal tells about a bad disk. */
export class SmallFile {
  /**
   * @param path undefined keeps nothing
   * @param longest bytes; what is larger is not read
   */
  constructor(
    private readonly path: string | undefined,
    private readonly longest = LONGEST_FILE,
  ) {}

  /** Undefined when there is none, or none that can be read. */
  read(): string | undefined {
    return this.#try((path) => {
      // A pipe in its place would hold up the host for ever, and a device fill its memory.
      const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
      try {
        const facts = fstatSync(file);
        const isToRead = facts.isFile() && isTrusted(facts) && facts.size <= this.longest;
        return isToRead ? readFileSync(file, 'utf8') : undefined;
      } finally {
        closeSync(file);
      }
    });
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

/** What an administrator puts there is believed, what another user of the folder does is not. */
function isTrusted({ uid }: { uid: number }): boolean {
  return process.getuid === undefined || uid === process.getuid() || uid === 0;
}

/** The own device's id, kept between starts. */
export class DeviceIdFile extends SmallFile {
  /** @param folder undefined keeps nothing */
  constructor(folder: string | undefined) {
    super(folder === undefined ? undefined : idPath(folder));
  }

  /** The configured id, else the stored one, else a new one that is stored. */
  load(configured: string | undefined): OwnDevice {
    if (configured !== undefined) return { deviceId: sanitizeDeviceId(configured) ?? randomUUID(), idType: 0 };
    return this.#stored() ?? this.#create();
  }

  /** The device goes by this id from now on, also after a restart. */
  store({ deviceId, idType }: OwnDevice): void {
    // A generated id stands alone; one that was given is followed by its type.
    this.write(idType === 0 ? `${deviceId}\n0\n` : deviceId);
  }

  #stored(): OwnDevice | undefined {
    const [first, second] = this.read()?.split('\n') ?? [];
    const deviceId = sanitizeDeviceId(first);
    return deviceId === undefined ? undefined : { deviceId, idType: second === '0' ? 0 : 1 };
  }

  #create(): OwnDevice {
    const device = { deviceId: randomUUID(), idType: 1 } as const;
    this.create(device.deviceId);
    const stored = this.#stored();
    if (stored !== undefined) return stored;
    // What is there is no id, or the file system knows no links.
    this.store(device);
    return this.#stored() ?? device;
  }
}

/** Users who share a folder have a device each: none takes the place of another's. */
function idPath(folder: string): string {
  const usual = join(folder, 'device-id');
  try {
    return isTrusted(lstatSync(usual)) ? usual : `${usual}-${process.getuid?.()}`;
  } catch {
    return usual;
  }
}
