import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemClock } from '../clock.js';
import { createStorage, defaultStoragePath } from '../journal/create-storage.js';
import type { Storage } from '../journal/storage.js';
import type { Logger } from '../logger.js';
import { CompatClient } from './compat-client.js';
import type { CountlyConf } from './conf.js';
import { CustomStorage } from './custom-storage.js';
import { BULK_DIALECT } from './dialect.js';
import { isCustomStorage } from './legacy-store.js';
import { clientOptions } from './options.js';
import { rawRequest } from './raw-request.js';
import { StorageTypes } from './storage-types.js';

const FOLDER = /^app-(?<app>[\w-]+)$/;

/** `Countly.request`: a request for any application of the server. Each application but the client's own has a queue. */
export class RawCalls {
  readonly #conf: CountlyConf;
  readonly #own: CompatClient;
  readonly #logger: Logger;
  readonly #others = new Map<string, CompatClient>();

  constructor(conf: CountlyConf, own: CompatClient, logger: Logger) {
    this.#conf = conf;
    this.#own = own;
    this.#logger = logger;
    // What an earlier start left for other applications goes out without a further call.
    if (own.enabled) for (const app of this.#appsOnDisk()) this.#client(app);
  }

  send(request: Readonly<Record<string, unknown>>): void {
    const { app_key, device_id } = request ?? {};
    if (!app_key || !device_id) return this.#logger.warn('request: app_key or device_id is missing.');
    this.#client(String(app_key)).untold(String(device_id)).request(rawRequest(request));
  }

  async close(timeout: number): Promise<void> {
    await Promise.all([...this.#others.values()].map((client) => client.close({ timeout })));
  }

  #client(app: string): CompatClient {
    if (app === this.#conf.app_key || !this.#own.enabled) return this.#own;
    let client = this.#others.get(app);
    if (client === undefined) {
      client = this.#otherClient(app);
      this.#others.set(app, client);
    }
    return client;
  }

  #otherClient(app: string): CompatClient {
    const { options } = clientOptions({ ...this.#conf, app_key: app, remote_config: false, require_consent: false });
    // Requests name their devices, so the client's own never appears; a fixed id keeps it off the disk.
    const fixed = { deviceId: 'raw', durability: 'memory', storage: this.#storage(app), logger: this.#logger } as const;
    return new CompatClient({ ...options, ...fixed }, BULK_DIALECT);
  }

  #storage(app: string): Storage {
    const { custom_storage_method } = this.#conf;
    // Entries do not say which application they are for; the folder does.
    const part = `app-${Buffer.from(app).toString('base64url')}`;
    if (isCustomStorage(custom_storage_method)) {
      return new CustomStorage(custom_storage_method, systemClock, `cly_weave_${part}`);
    }
    const folder = this.#folder();
    if (folder === undefined) return createStorage({ durability: 'memory', path: '', clock: systemClock });
    return createStorage({ path: join(folder, part), clock: systemClock });
  }

  #folder(): string | undefined {
    const { custom_storage_method, storage_type, storage_path, app_key } = this.#conf;
    if (isCustomStorage(custom_storage_method) || storage_type === StorageTypes.MEMORY) return undefined;
    return storage_path ? resolve(storage_path) : defaultStoragePath(app_key ?? '');
  }

  #appsOnDisk(): string[] {
    const folder = this.#folder();
    try {
      const names = folder === undefined ? [] : readdirSync(folder);
      const found = names.flatMap((name) => FOLDER.exec(name)?.groups?.['app'] ?? []);
      return found.map((name) => Buffer.from(name, 'base64url').toString());
    } catch {
      return [];
    }
  }
}
