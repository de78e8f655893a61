import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A raw request, as the official SDK keeps and sends it. */
export type LegacyRequest = Readonly<Record<string, unknown>>;

/** A queue file that this process has taken over. */
export interface ClaimedFile {
  /** The name it had. */
  readonly file: string;
  /** The name it has now; no other process takes it. */
  readonly claimed: string;
  /** Undefined when the content is broken. */
  readonly requests: readonly LegacyRequest[] | undefined;
}

/** Queues of the official SDK: how to make requests of what stands under the key. */
const QUEUES: Readonly<Record<string, (value: unknown, deviceId: string | undefined) => LegacyRequest[] | undefined>> =
  {
    cly_queue: listOf,
    // Older than any request that would be made of them, so they come after the requests.
    cly_event: (value, deviceId) => listOf(value)?.map((event) => ({ device_id: deviceId, events: [event] })),
    cly_bulk_queue: (value) => {
      const bulks = listOf(value)?.map((bulk) => listOf(parsed(bulk['requests'])));
      return bulks?.some((bulk) => bulk === undefined) ? undefined : bulks?.flatMap((bulk) => bulk ?? []);
    },
    cly_req_queue: listOf,
    cly_bulk_event: (value) =>
      isRecord(value)
        ? Object.entries(value).flatMap(([deviceId, events]) =>
            (listOf(events) ?? []).map((event) => ({ device_id: deviceId, events: [event] })),
          )
        : undefined,
  };

/** Keys in the order their content is to be sent. */
export const QUEUE_KEYS: readonly string[] = Object.keys(QUEUES);

/** What stands under a key, as requests; undefined when it is not what the key promises. */
export function requestsOf(key: string, value: unknown, deviceId: string | undefined): LegacyRequest[] | undefined {
  return QUEUES[key]?.(value, deviceId);
}

const CLAIM = /^(?<name>.*__(?<key>cly_[a-z_]+)\.json)(?:\.importing\.(?<pid>\d+)\.[0-9a-f]+)?$/;
const claimedHere = new Set<string>();

/**
 * Takes over the queue files at `prefix` (the beginning of their paths). The rename decides between processes that start
 * together; what a process took and did not finish is taken again once that process is gone.
 */
export function claimQueueFiles(prefix: string): ClaimedFile[] {
  const folder = dirname(`${prefix}x`);
  const start = basename(`${prefix}x`).slice(0, -1);
  const claims: ClaimedFile[] = [];
  const found = namesIn(folder)
    .flatMap((name) => {
      const parts = CLAIM.exec(name)?.groups;
      const key = parts?.['key'] ?? '';
      return parts?.['name'] === `${start}__${key}.json` && key in QUEUES ? [{ name, key, pid: parts['pid'] }] : [];
    })
    .sort((a, b) => QUEUE_KEYS.indexOf(a.key) - QUEUE_KEYS.indexOf(b.key));
  for (const { name, key, pid } of found) {
    const file = join(folder, `${start}__${key}.json`);
    if (pid !== undefined && (claimedHere.has(join(folder, name)) || isAlive(Number(pid)))) continue;
    const claimed = `${file}.importing.${process.pid}.${randomBytes(4).toString('hex')}`;
    if (!moved(join(folder, name), claimed)) continue;
    claimedHere.add(claimed);
    claims.push({ file, claimed, requests: requestsIn(claimed, key, folder, start) });
  }
  return claims;
}

/** The content is in the journal: the file is kept under a name that nobody imports. */
export function finishClaim({ file, claimed, requests }: ClaimedFile): string {
  const kept = `${file}.${requests === undefined ? 'broken' : 'imported'}.${Date.now()}`;
  moved(claimed, kept);
  claimedHere.delete(claimed);
  return kept;
}

function requestsIn(path: string, key: string, folder: string, start: string): LegacyRequest[] | undefined {
  const value = valueIn(path, key);
  if (value === undefined) return undefined;
  const id = valueIn(join(folder, `${start}__cly_id.json`), 'cly_id');
  return requestsOf(key, value, typeof id === 'string' ? id : undefined);
}

/** The value under the key; an empty file is an empty queue, as it is for the official SDK. */
function valueIn(path: string, key: string): unknown {
  try {
    const text = readFileSync(path, 'utf8');
    if (text.trim() === '') return [];
    const content: unknown = JSON.parse(text);
    return isRecord(content) ? content[key] : undefined;
  } catch {
    return undefined;
  }
}

function listOf(value: unknown): LegacyRequest[] | undefined {
  return Array.isArray(value) ? value.filter(isRecord) : undefined;
}

function parsed(value: unknown): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : value;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}

/** In a container every start has the same process id, so a claim under the own id is of an earlier start. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
