import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { systemClock } from '../clock.js';
import { resolveOptions } from '../config/resolve.js';
import { createHttpTransport } from '../http/http-transport.js';
import { createStorage, defaultStoragePath } from '../journal/create-storage.js';
import type { Storage } from '../journal/storage.js';
import type { Logger } from '../logger.js';
import { CompatClient as Client } from './compat-client.js';
import type { BulkConf } from './conf.js';
import { CustomStorage } from './custom-storage.js';
import { BULK_DIALECT } from './dialect.js';
import { GatedTransport } from './gated-transport.js';
import { recordQueueFiles } from './import-queue.js';
import { isCustomStorage, legacyPrefixes } from './legacy-store.js';
import { bulkOptions } from './options.js';
import { StorageTypes } from './storage-types.js';

/** A client that sends only while its gate is open. */
export interface BulkClient {
  readonly client: Client;
  readonly gate: GatedTransport | undefined;
}

/** Makes the client that a bulk server has for one application. */
export function bulkClient(conf: BulkConf, logger: Logger): BulkClient {
  const { options, problems } = bulkOptions(conf);
  for (const problem of problems) logger.error(`CountlyBulk: ${problem}.`);
  if (options.disabled) return { client: new Client(options, BULK_DIALECT), gate: undefined };
  const { url, requestTimeout, requestOptions } = resolveOptions(options);
  const gate = new GatedTransport(
    createHttpTransport({
      url,
      requestTimeoutMs: requestTimeout,
      ...(requestOptions === undefined ? {} : { requestOptions }),
      warn: (message) => logger.warn(message),
    }),
  );
  const storage = storageOf(conf);
  // Bulk requests name their devices, so the client's own device never appears; a fixed id keeps it off the disk.
  const fixed = { deviceId: 'bulk', durability: 'memory', storage, transport: gate } as const;
  const client = new Client({ ...options, ...fixed }, BULK_DIALECT);
  if (keepsFiles(conf)) takeOver(conf, client, storage, logger);
  return { client, gate };
}

/** Whether an earlier start may have left something that has to go out without a further call. */
export function keepsFiles({ storage_type, persist_queue, custom_storage_method }: BulkConf): boolean {
  if (isCustomStorage(custom_storage_method)) return true;
  return storage_type ? storage_type === StorageTypes.FILE : !!persist_queue;
}

function storageOf(conf: BulkConf): Storage {
  // Entries do not say which application they are for.
  const app = createHash('sha256')
    .update(conf.app_key ?? '')
    .digest('hex')
    .slice(0, 8);
  const part = `bulk-${app}`;
  if (isCustomStorage(conf.custom_storage_method)) {
    return new CustomStorage(conf.custom_storage_method, systemClock, `cly_weave_${part}`);
  }
  if (!keepsFiles(conf)) return createStorage({ durability: 'memory', path: '', clock: systemClock });
  return createStorage({ path: join(folderOf(conf), part), clock: systemClock });
}

function folderOf({ storage_path, app_key }: BulkConf): string {
  return storage_path ? resolve(storage_path) : join(defaultStoragePath(app_key ?? ''), 'bulk');
}

function takeOver(conf: BulkConf, client: Client, storage: Storage, logger: Logger): void {
  if (isCustomStorage(conf.custom_storage_method)) return;
  const prefixes = [`${folderOf(conf)}/`, ...legacyPrefixes(conf.storage_path, 'bulk_data')];
  const files = recordQueueFiles(prefixes, client, { logger, appKey: conf.app_key ?? '' });
  if (files.found === 0) return;
  storage.commitSync();
  files.finish();
}
