import { randomBytes } from 'node:crypto';
import { readdirSync, renameSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { attempted, counted, isList, isObject, member } from '../check.js';
import type { Storage } from '../journal/storage.js';
import { consoleLogger, type Logger } from '../logger.js';
import type { Countly } from '../scope/countly.js';
import { SmallFile } from '../scope/device-id.js';
import { parsed, type Raw, rawRequest } from './calls.js';
import { CompatClient } from './compat-client.js';
import { type KeyedValues, type StorageLocation, valuesAt } from './storage-location.js';

/** What an import did. */
export interface QueueImport {
  /** Requests taken over; an event that waited alone counts as one. What a server would not count is left out, with a warning. */
  readonly requests: number;
  /** Files taken over, by the names they have now. */
  readonly files: readonly string[];
  /** Files whose content could not be read; they are kept under these names. */
  readonly broken: readonly string[];
}

/** What `importQueueFiles` takes. */
export interface ImportOptions {
  /** Key of the client's application: requests for another one are left out. @default requests are not compared */
  readonly appKey?: string;
  /** Where messages go. @default the console */
  readonly logger?: Logger;
}

type Importing = ImportOptions & { readonly logger: Logger };

/** A queue that this process has taken over. */
interface Claim {
  readonly name: string;
  /** Undefined when the content is broken. */
  readonly requests: readonly Raw[] | undefined;
  /** Nobody imports it again; gives the name a file is kept under. */
  finish(): string | undefined;
}

const COMMIT_MS = 250;
// A text can have no more characters.
const LONGEST_QUEUE = 512 * 1024 * 1024;

/**
 * Takes over what the official SDK left waiting in `folder` (`__cly_queue.json`, `__cly_event.json` and those of its
 * bulk mode): every request is recorded with its own time and device id, then the file is renamed to `….imported.<time>`.
 * Several processes may call it at once; each file is imported by one of them. A broken file is renamed to
 * `….broken.<time>`. Stop the official SDK before: it would write its files again.
 *
 * @example
 * ```ts
 * import { Countly } from 'countly-weave';
 * import { importQueueFiles } from 'countly-weave/compat';
 *
 * const countly = Countly.init({ url: 'http://127.0.0.1:6010', appKey: 'shop' });
 * void importQueueFiles('/var/lib/shop/countly', countly);
 * ```
 */
export async function importQueueFiles(
  folder: string,
  client: Countly,
  options: ImportOptions = {},
): Promise<QueueImport> {
  const importing = { logger: consoleLogger(false), ...options };
  const claims = claimFiles(/[\\/]$/.test(folder) ? folder : `${folder}/`);
  const requests = record(claims, client, importing);
  // Renamed only when the journal has them: a crash in between imports once more rather than never.
  if (claims.length > 0) await client.flush({ timeout: COMMIT_MS });
  return { requests, ...finish(claims, importing.logger) };
}

/** Does the same for everything the official SDK may have left in this location, at the start of a client. */
export function takeOver(location: StorageLocation, client: Countly, storage: Storage, options: Importing): void {
  const prefixes = location.folder === undefined ? [] : [`${location.folder}/`, ...location.legacy];
  const claims = [...new Set(prefixes)].flatMap(claimFiles);
  if (location.custom !== undefined) claims.push(...claimValues(valuesAt(location)));
  if (claims.length === 0) return;
  const requests = record(claims, client, options);
  // Two system calls after each other: journaled, then renamed. A crash in between imports once more, never loses.
  storage.commitSync();
  finish(claims, options.logger);
  options.logger.log(`Took over ${counted(requests, 'request')} that an earlier SDK left waiting.`);
}

function record(claims: readonly Claim[], client: Countly, { logger, appKey }: Importing): number {
  let taken = 0;
  for (const request of claims.flatMap(({ requests }) => requests ?? [])) {
    const { app_key: app, device_id: device } = request;
    if (appKey !== undefined && app !== undefined && app !== appKey) {
      logger.warn('A request that waited for another application is left out; it stays in the renamed file.');
      continue;
    }
    const scopeOf = (id: string) => (client instanceof CompatClient ? client.untold(id) : client.device(id));
    const scope = typeof device === 'string' && device !== '' ? scopeOf(device) : client;
    if (scope.request(rawRequest(request))) taken++;
  }
  return taken;
}

function finish(claims: readonly Claim[], logger: Logger): Omit<QueueImport, 'requests'> {
  const [files, broken]: [string[], string[]] = [[], []];
  for (const { name, requests, finish } of claims) {
    const kept = finish();
    if (kept === undefined) continue;
    (requests === undefined ? broken : files).push(kept);
    if (requests === undefined) logger.warn(`${name} could not be read; it is kept as ${kept}.`);
  }
  return { files, broken };
}

/** Queues of the official SDK in the order they are to be sent: makes requests of what stands under the key, or throws. */
const QUEUES: Readonly<Record<string, (value: unknown, deviceId?: unknown) => Raw[]>> = {
  cly_queue: listOf,
  // Older than any request that would be made of them, so they come after the requests.
  cly_event: requestsOf,
  cly_bulk_queue: (value) => listOf(value).flatMap((bulk) => listOf(parsed(bulk['requests']))),
  cly_req_queue: listOf,
  cly_bulk_event: (value) => {
    if (!isObject(value)) throw new TypeError('no events by device');
    return Object.entries(value).flatMap(([deviceId, events]) => attempted(() => requestsOf(events, deviceId)) ?? []);
  },
};

function claimValues(values: KeyedValues): Claim[] {
  return Object.entries(QUEUES).flatMap(([key, read]) => {
    const requests = attempted(() => read(values.get(key), values.get('cly_id'))) ?? [];
    return requests.length === 0 ? [] : [{ name: key, requests, finish: () => void values.set(key, []) }];
  });
}

const IMPORTING = /^\.importing\.(\d+)\.[0-9a-f]+$/;
const claimedHere = new Set<string>();

/**
 * Takes over the queue files at `prefix` (the beginning of their paths). The rename decides between processes that start
 * together; what a process took and did not finish is taken again once that process is gone.
 */
function claimFiles(prefix: string): Claim[] {
  const folder = dirname(`${prefix}x`);
  const paths = (attempted(() => readdirSync(folder)) ?? []).map((name) => join(folder, name));
  return Object.entries(QUEUES).flatMap(([key, read]) => {
    const file = normalize(`${prefix}__${key}.json`);
    return paths.flatMap((path) => {
      const pid = path.startsWith(file) ? IMPORTING.exec(path.slice(file.length))?.[1] : undefined;
      const isLeft = pid !== undefined && !claimedHere.has(path) && !isAlive(Number(pid));
      const claimed = `${file}.importing.${process.pid}.${randomBytes(4).toString('hex')}`;
      if ((path !== file && !isLeft) || !moved(path, claimed)) return [];
      claimedHere.add(claimed);
      const id = valueIn(`${prefix}__cly_id.json`, 'cly_id');
      const requests = attempted(() => read(valueIn(claimed, key), id));
      const finish = (): string => {
        const kept = `${file}.${requests === undefined ? 'broken' : 'imported'}.${Date.now()}`;
        moved(claimed, kept);
        claimedHere.delete(claimed);
        return kept;
      };
      return [{ name: file, requests, finish }];
    });
  });
}

/** The value under the key; an empty file is an empty queue, as it is for the official SDK. */
function valueIn(path: string, key: string): unknown {
  const text = new SmallFile(path, LONGEST_QUEUE).read();
  return text?.trim() === '' ? [] : member(parsed(text), key);
}

/** Each event of a device in a request of its own. */
function requestsOf(events: unknown, deviceId: unknown): Raw[] {
  return listOf(events).map((event) => ({ device_id: deviceId, events: [event] }));
}

function listOf(value: unknown): Raw[] {
  if (!isList(value)) throw new TypeError('no list');
  return value.filter(isObject);
}

function moved(from: string, to: string): boolean {
  return attempted(() => renameSync(from, to) ?? true) === true;
}

/** In a container every start has the same process id, so a claim under the own id is of an earlier start. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
