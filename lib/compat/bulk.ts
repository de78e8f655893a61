import { createHash } from 'node:crypto';
import { resolveOptions } from '../config/resolve.js';
import { createHttpTransport } from '../http/http-transport.js';
import type { QueryResult, Transport, WireRequest } from '../http/transport.js';
import { consoleLogger, type Logger } from '../logger.js';
import type { Delivery } from '../protocol/answer.js';
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
  static readonly StorageTypes = StorageTypes;

  readonly conf: BulkConf;
  readonly #logger: Logger;
  /** By application. */
  readonly #clients = new Map<string, BulkClient>();
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
    for (const { gate } of this.#clients.values()) gate?.open();
    this.#looking = setInterval(() => this.#look(), this.conf.interval || LOOK_MS);
    return this;
  };

  /** Stops sending; what waits stays. */
  readonly stop = (): this => {
    this.#started = false;
    clearInterval(this.#looking);
    for (const { gate } of this.#clients.values()) gate?.shut();
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
    const options = timeout === undefined ? {} : { timeout };
    await Promise.all([...this.#clients.values()].map(({ client }) => client.close(options)));
    this.stop();
  };

  #client(given?: unknown): Client {
    const app_key = typeof given === 'string' && given !== '' ? given : (this.conf.app_key ?? '');
    let one = this.#clients.get(app_key);
    if (one === undefined) {
      one = bulkClient({ ...this.conf, app_key }, this.#logger);
      this.#clients.set(app_key, one);
      if (this.#started) one.gate?.open();
    }
    return one.client;
  }

  #told(message: string): this {
    this.#logger.warn(`CountlyBulk ${message}`);
    return this;
  }

  #pending(): number {
    return [...this.#clients.values()].reduce((sum, { client }) => sum + client.stats().pending, 0);
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

/** The client of one application, which sends only while its gate is open. */
interface BulkClient {
  readonly client: Client;
  readonly gate?: GatedTransport;
}

function bulkClient(conf: BulkConf, logger: Logger): BulkClient {
  const { options, problems } = bulkOptions(conf);
  for (const problem of problems) logger.error(`CountlyBulk: ${problem}.`);
  if (options.disabled) return { client: Client.forOthers(options) };
  const { url, requestTimeout: requestTimeoutMs, requestOptions } = resolveOptions(options);
  const special = requestOptions === undefined ? {} : { requestOptions };
  const warn = (message: string) => logger.warn(message);
  const gate = new GatedTransport(createHttpTransport({ url, requestTimeoutMs, ...special, warn }));
  const location = locationOf(conf, 'bulk');
  const appKey = conf.app_key ?? '';
  const part = `bulk-${createHash('sha256').update(appKey).digest('hex').slice(0, 8)}`;
  const storage = storageAt(location, conf.url ?? '', part);
  const client = Client.forOthers({ ...options, storage, transport: gate });
  if (location.folder !== undefined) takeOver(location, client, storage, { logger, appKey });
  return { client, gate };
}

/** Lets requests through only while it is open: what a bulk server's `start` and `stop` do. */
class GatedTransport implements Transport {
  readonly #inner: Transport;
  #open = false;
  #closed = false;
  #waiting: (() => void)[] = [];

  constructor(inner: Transport) {
    this.#inner = inner;
  }

  open(): void {
    this.#open = true;
    this.#proceed();
  }

  shut(): void {
    this.#open = false;
  }

  async send(request: WireRequest): Promise<Delivery> {
    while (!this.#open && !this.#closed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.#open ? this.#inner.send(request) : { kind: 'retry', reason: 'stopped' };
  }

  query(request: WireRequest): Promise<QueryResult> {
    return this.#inner.query(request);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#proceed();
    return this.#inner.close();
  }

  #proceed(): void {
    for (const proceed of this.#waiting.splice(0)) proceed();
  }
}
