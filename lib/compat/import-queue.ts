import { consoleLogger, type Logger } from '../logger.js';
import type { Countly } from '../scope/countly.js';
import type { DeviceScope } from '../scope/device-scope.js';
import { CompatClient } from './compat-client.js';
import type { LegacyStore } from './legacy-store.js';
import { claimQueueFiles, finishClaim, type LegacyRequest, QUEUE_KEYS, requestsOf } from './queue-files.js';
import { rawRequest } from './raw-request.js';

/** What an import did. */
export interface QueueImport {
  /** Requests taken over; an event that waited alone counts as one. What a server would not count is left out, with a warning. */
  readonly requests: number;
  /** Files taken over, by the names they have now. */
  readonly files: readonly string[];
  /** Files whose content could not be read; they are kept under these names. */
  readonly broken: readonly string[];
}

export interface ImportOptions {
  /** Key of the client's application: requests for another one are left out. @default requests are not compared */
  readonly appKey?: string;
  /** @default the console */
  readonly logger?: Logger;
}

type Importing = ImportOptions & { readonly logger: Logger };

/** Recorded but not finished: `finish` once what was recorded is safe. */
export interface RecordedQueues {
  readonly found: number;
  readonly requests: number;
  finish(): Omit<QueueImport, 'requests'>;
}

const COMMIT_MS = 250;

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
  const prefix = /[\\/]$/.test(folder) ? folder : `${folder}/`;
  const recorded = recordQueueFiles([prefix], client, { logger: consoleLogger(false), ...options });
  // Renamed only when the journal has them: a crash in between imports once more rather than never.
  if (recorded.found > 0) await client.flush({ timeout: COMMIT_MS });
  return { requests: recorded.requests, ...recorded.finish() };
}

/** @internal records what the files at these beginnings of paths hold. */
export function recordQueueFiles(prefixes: readonly string[], client: Countly, options: Importing): RecordedQueues {
  const claims = [...new Set(prefixes)].flatMap((prefix) => claimQueueFiles(prefix));
  let requests = 0;
  for (const claim of claims) requests += record(claim.requests ?? [], client, options);
  return {
    found: claims.length,
    requests,
    finish() {
      const files: string[] = [];
      const broken: string[] = [];
      for (const claim of claims) {
        const kept = finishClaim(claim);
        (claim.requests === undefined ? broken : files).push(kept);
        if (claim.requests === undefined)
          options.logger.warn(`${claim.file} could not be read; it is kept as ${kept}.`);
      }
      return { files, broken };
    },
  };
}

/** @internal the same for the values of a storage of the user's own. */
export function recordStoredQueues(store: LegacyStore, client: Countly, options: Importing): RecordedQueues {
  const id = store.get('cly_id');
  let requests = 0;
  const found = QUEUE_KEYS.filter((key) => {
    const list = requestsOf(key, store.get(key), typeof id === 'string' ? id : undefined) ?? [];
    requests += record(list, client, options);
    return list.length > 0;
  });
  return {
    found: found.length,
    requests,
    finish() {
      for (const key of found) store.set(key, []);
      return { files: [], broken: [] };
    },
  };
}

function record(requests: readonly LegacyRequest[], client: Countly, { logger, appKey }: Importing): number {
  let taken = 0;
  for (const request of requests) {
    const { app_key: app, device_id: device } = request;
    if (appKey !== undefined && app !== undefined && app !== appKey) {
      logger.warn('A request that waited for another application is left out; it stays in the renamed file.');
      continue;
    }
    const scope = typeof device === 'string' && device !== '' ? scopeOf(client, device) : client;
    if (scope.request(rawRequest(request))) taken++;
  }
  return taken;
}

function scopeOf(client: Countly, device: string): DeviceScope {
  return client instanceof CompatClient ? client.untold(device) : client.device(device);
}
