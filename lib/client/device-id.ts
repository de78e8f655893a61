import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceIdType } from '../protocol/entry.js';

/** The process's own device. */
export interface OwnDevice {
  readonly id: string;
  readonly type: DeviceIdType;
}

const MAX_LENGTH = 256;
const ZERO_UUID = '00000000-0000-0000-0000-000000000000';
const TEMPORARY = '[CLY]_temp_id';
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const UNPRINTABLE = /[\u0000-\u001f\u007f\u2028\u2029\ufeff\ud800-\udfff]/;

/**
 * A device id as it may be recorded under, or undefined when the value cannot be one: ids often come from a header or a
 * cookie, so anyone can send anything. Numbers become text; the server ignores the zero UUID and would make a garbage
 * user of the temporary id (contract §2.1).
 */
export function sanitizeDeviceId(value: unknown): string | undefined {
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
  if (typeof text !== 'string') return undefined;
  const id = text.trim();
  if (id === '' || id.length > MAX_LENGTH || id === ZERO_UUID || id === TEMPORARY) return undefined;
  return UNPRINTABLE.test(id) ? undefined : id;
}

/** The configured id, else the one stored in `folder`, else a new one that is stored there. */
export function ownDevice(configured: string | undefined, folder: string | undefined): OwnDevice {
  if (configured !== undefined) return { id: sanitizeDeviceId(configured) ?? randomUUID(), type: 0 };
  if (folder === undefined) return { id: randomUUID(), type: 1 };
  const file = join(folder, 'device-id');
  try {
    const stored = sanitizeDeviceId(readFileSync(file, 'utf8'));
    if (stored !== undefined) return { id: stored, type: 1 };
  } catch {
    // The first start here, or a folder that cannot be read; the journal tells about the latter.
  }
  const id = randomUUID();
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Two processes may start at once: the first writer wins, the other takes its id.
    writeFileSync(file, id, { mode: 0o600, flag: 'wx' });
    return { id, type: 1 };
  } catch {
    try {
      return { id: sanitizeDeviceId(readFileSync(file, 'utf8')) ?? id, type: 1 };
    } catch {
      return { id, type: 1 };
    }
  }
}
