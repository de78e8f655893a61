import { createHash } from 'node:crypto';
import type { CountlyOptions } from '../config/options.js';
import { resolveOptions } from '../config/resolve.js';
import { createHttpTransport } from '../http/http-transport.js';
import type { Transport } from '../http/transport.js';
import { consoleLogger, type Logger } from '../logger.js';
import { CountlyBulkUser } from './bulk-user.js';
import { rawRequest, withDay } from './calls.js';
import { CompatClient as Client } from './compat-client.js';
import { type BulkConf, type BulkUserConf, type CompatEvent, StorageTypes } from './conf.js';
import { takeOver } from './import-queue.js';
import { bulkOptions } from './options.js';
import { locationOf, storageAt } from './storage-location.js';

/** Looks at the queue, in a row, that must find it empty before the callback is told. */
const EMPTY_LOOKS = 3;
const LOOK_MS = 5000;
const BULK_SIZE = 50;

/**
 * The official bulk server: requests and events of many devices, sent once it was started. Each application has a client
 * and a storage of its own. While it is started and something waits, it keeps the process alive.
 *
 * @example
 * ```ts
 * import { CountlyBulk } from 'countly-weave/compat';
 *
 * const server = new CountlyBulk({ url: 'http://127.0.0.1:6010', app_key: 'shop' }).start();
 * server.add_user({ device_id: 'visitor-17' }).add_event({ key: 'order', count: 1 });
 * ```
 */
export class CountlyBulk {
  /** Values of `storage_type`. */
  static readonly StorageTypes = StorageTypes;

  /** As it was given. */
  readonly conf: BulkConf;
  readonly #logger: Logger;
  /** By application. */
  readonly #clients = new Map<string, Client>();
  /** Requests of all clients that wait for the start. */
  #held: (() => void)[] = [];
  #looking: NodeJS.Timeout | undefined;
  #started = false;
  #emptyLooks = 0;
  #whenEmpty: (() => void) | undefined;

  constructor(conf: BulkConf) {
    this.conf = { ...conf };
    this.#logger = consoleLogger(!!conf?.debug);
    const { folder, custom } = locationOf(this.conf, 'bulk');
    // What an earlier start left goes out without a further call.
    if (folder !== undefined || custom !== undefined) this.#client();
  }

  /** Queues a raw request; it needs `device_id`. */
  readonly add_request = (query: Readonly<Record<string, unknown>>): this => {
    const { device_id, app_key, tz } = query ?? {};
    if (!device_id) return this.#told('add_request: device_id is missing; the request is left out.');
    const offset = tz === undefined ? undefined : Number(tz);
    const scope = this.#client(app_key).untold(device_id, offset);
    scope.request(withDay(rawRequest(query), offset));
    return this;
  };

  /** Queues several; one that is unusable does not stop the others. */
  readonly add_bulk_request = (requests: readonly Readonly<Record<string, unknown>>[]): this => {
    for (const request of Array.isArray(requests) ? requests : []) this.add_request(request);
    return this;
  };

  /** Queues an event of a device; events of one device travel together. */
  readonly add_event = (device_id: string, event: CompatEvent): this => {
    if (!device_id) return this.#told('add_event: device_id is missing; the event is left out.');
    const { key, ...options } = event ?? {};
    const scope = this.#client().untold(device_id);
    scope.addEvent(key, options as object);
    return this;
  };

  /** Begins to send; the callback is told each time the queue was found empty. */
  readonly start = (callback?: () => void): this => {
    if (this.#started) return this;
    this.#started = true;
    this.#whenEmpty = callback;
    for (const proceed of this.#held.splice(0)) proceed();
    this.#looking = setInterval(() => this.#look(), this.conf.interval || LOOK_MS);
    return this;
  };

  /** Stops sending; what waits stays. */
  readonly stop = (): this => {
    this.#started = false;
    clearInterval(this.#looking);
    return this;
  };

  /** Bulk requests that what waits would fill. */
  readonly queue_size = (): number => Math.ceil(this.#pending() / (this.conf.bulk_size || BULK_SIZE));

  /** A user to record for, with the calls of a client. */
  readonly add_user = (userConf: BulkUserConf): CountlyBulkUser =>
    new CountlyBulkUser(userConf, this.#client(), this.#logger);

  /**
   * Delivers what waits, within the milliseconds given, and releases everything. The official SDK has no such call.
   */
  readonly close = async (timeout?: number): Promise<void> => {
    this.start();
    await Promise.all([...this.#clients.values()].map((client) => client.close({ timeout })));
    this.stop();
  };

  #client(given?: unknown): Client {
    const appKey = typeof given === 'string' && given !== '' ? given : (this.conf.app_key ?? '');
    const client = this.#clients.get(appKey) ?? this.#makeClient(appKey);
    this.#clients.set(appKey, client);
    return client;
  }

  #makeClient(appKey: string): Client {
    const conf = { ...this.conf, app_key: appKey };
    const { options, problems } = bulkOptions(conf);
    for (const problem of problems) this.#logger.error(`CountlyBulk: ${problem}.`);
    if (options.disabled) return Client.forOthers(options);
    const location = locationOf(conf, 'bulk');
    const part = `bulk-${createHash('sha256').update(appKey).digest('hex').slice(0, 8)}`;
    const storage = storageAt(location, conf.url ?? '', part);
    const client = Client.forOthers({ ...options, storage, transport: this.#transport(options) });
    if (location.folder !== undefined) takeOver(location, client, storage, { logger: this.#logger, appKey });
    return client;
  }

  /** Sends only while the server is started. */
  #transport(options: CountlyOptions): Transport {
    const { url, requestTimeout: requestTimeoutMs, requestOptions } = resolveOptions(options);
    const special = requestOptions === undefined ? {} : { requestOptions };
    const warn = (message: string) => this.#logger.warn(message);
    const inner = createHttpTransport({ url, requestTimeoutMs, ...special, warn });
    return {
      send: async (request) => {
        while (!this.#started) await new Promise<void>((resolve) => this.#held.push(resolve));
        return inner.send(request);
      },
      query: (request) => inner.query(request),
      close: () => inner.close(),
    };
  }

  #told(message: string): this {
    this.#logger.warn(`CountlyBulk ${message}`);
    return this;
  }

  #pending(): number {
    return [...this.#clients.values()].reduce((sum, client) => sum + client.stats().pending, 0);
  }

  #look(): void {
    const empty = this.#pending() === 0;
    // An empty queue is no reason to keep a script from ending; the callback is.
    if (empty && this.#whenEmpty === undefined) this.#looking?.unref();
    else this.#looking?.ref();
    this.#emptyLooks = empty ? this.#emptyLooks + 1 : 0;
    if (this.#emptyLooks < EMPTY_LOOKS) return;
    this.#emptyLooks = 0;
    this.#whenEmpty?.();
  }
}
