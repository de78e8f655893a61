import { attempted, isObject, member } from '../check.js';
import type { CountlyOptions } from '../config/options.js';
import type { QueryResult, Transport, WireRequest } from '../http/transport.js';
import { silentLogger } from '../logger.js';
import type { Delivery } from '../protocol/answer.js';
import { ClientWith, type Countly } from '../scope/countly.js';
import { registerClient } from '../scope/current.js';
import { ManualClock } from './manual-clock.js';

/** A client that sends nothing, with the clock and the transport it uses. */
export interface TestClient {
  /** Records through it. */
  readonly client: Countly;
  /** Its time, which stands still. */
  readonly clock: ManualClock;
  /** What it would have sent. */
  readonly transport: RecordingTransport;
  /** Everything recorded so far, as the server would get it: events in order. */
  events(): Promise<readonly RecordedEvent[]>;
  /** Requests other than events (crashes, traces, sessions, profiles …), by the parameter that makes them. */
  requests(parameter: string): Promise<readonly unknown[]>;
  /** Closes the client, so that the next test starts with none. */
  close(): Promise<void>;
}

/**
 * A registered client for tests of instrumented code: in memory, silent, on a clock that stands still.
 *
 * @param options as for `Countly.init`; nothing is required
 * @example
 * ```ts
 * import { TrackEvent } from 'countly-weave';
 * import { createTestClient } from 'countly-weave/testing';
 *
 * class Cart {
 *   @TrackEvent('item_added')
 *   add(sku: string): string { return sku; }
 * }
 *
 * async function example(): Promise<void> {
 *   const countly = createTestClient();
 *   new Cart().add('sku-1');
 *   console.log((await countly.events()).map((event) => event.key)); // [ 'item_added' ]
 *   await countly.close();
 * }
 * ```
 */
export function createTestClient(options: CountlyOptions = {}): TestClient {
  const clock = new ManualClock();
  const transport = new RecordingTransport();
  const client = new ClientWith(
    {
      ...{ appKey: 'TEST', deviceId: 'test-device', durability: 'memory', healthCheck: false },
      ...{ logger: silentLogger, transport, ...options },
    },
    clock,
  );
  registerClient(client);
  const delivered = async () => {
    await client.flush();
    return transport.delivered;
  };
  return {
    client,
    clock,
    transport,
    events: async () => (await delivered()).flatMap(({ events }) => events),
    requests: async (parameter) =>
      (await delivered()).map(({ parameters }) => parameters[parameter]).filter((value) => value !== undefined),
    close: async () => void (await client.close()),
  };
}

/** One `/i` request as the server would understand it, taken out of whatever body carried it. */
export interface LogicalRequest {
  /** Whom it is for. */
  readonly deviceId: string | undefined;
  /** Milliseconds since the epoch, as sent. */
  readonly timestamp: number | undefined;
  /** Its events, in order. */
  readonly events: readonly RecordedEvent[];
  /** Every parameter by its name on the wire; JSON text is parsed. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** An event as it stood on the wire. */
export interface RecordedEvent {
  /** Key of the event. */
  readonly key: string;
  readonly [field: string]: unknown;
}

/** A request that was handed to the transport, with what it was answered. */
export interface RecordedRequest {
  /** As it would have left. */
  readonly request: WireRequest;
  /** What it was answered. */
  readonly delivery: Delivery;
  /** What it carried: one for `/i`, one for each entry of `/i/bulk`. */
  readonly logical: readonly LogicalRequest[];
}

/** A fixed outcome, or a function that decides for each request. */
export type ScriptedDelivery = Delivery | ((request: WireRequest) => Delivery | Promise<Delivery>);
/** A fixed answer, or a function that decides for each query. */
export type ScriptedQuery = QueryResult | ((request: WireRequest) => QueryResult | Promise<QueryResult>);

/**
 * A transport that sends nothing: it keeps what it was given and answers as told, `delivered` by default.
 *
 * @example
 * ```ts
 * import { Countly } from 'countly-weave';
 * import { RecordingTransport } from 'countly-weave/testing';
 *
 * const transport = new RecordingTransport();
 * const client = new Countly({ url: 'http://unused.invalid', appKey: 'KEY', durability: 'memory', transport });
 * client.addEvent('order');
 * await client.flush();
 * console.log(transport.events.map((event) => event.key)); // [ 'order' ]
 * ```
 */
export class RecordingTransport implements Transport {
  /** Requests in the order of their answers. */
  readonly requests: RecordedRequest[] = [];
  /** Queries in the order they were asked. */
  readonly queries: WireRequest[] = [];
  /** True after `close`. */
  closed = false;
  readonly #once: ScriptedDelivery[] = [];
  #answer: ScriptedDelivery = { kind: 'delivered' };
  #queryAnswer: ScriptedQuery = { ok: true, value: {} };

  /** Answers every request this way from now on. */
  answer(delivery: ScriptedDelivery): this {
    this.#answer = delivery;
    return this;
  }

  /** Answers the next requests this way, one each, before {@link answer} holds again. */
  answerOnce(...deliveries: readonly ScriptedDelivery[]): this {
    this.#once.push(...deliveries);
    return this;
  }

  /** Answers every query this way from now on. */
  answerQuery(result: ScriptedQuery): this {
    this.#queryAnswer = result;
    return this;
  }

  /** Keeps a request and answers as told. */
  async send(request: WireRequest): Promise<Delivery> {
    const answered = run(this.#once.shift() ?? this.#answer, request);
    // A transport never rejects, and neither does its double when a script throws.
    const delivery = await answered.catch((error): Delivery => ({ kind: 'retry', reason: scriptFailed(error) }));
    this.requests.push({ request, delivery, logical: decodeRequest(request) });
    return delivery;
  }

  /** Keeps a question and answers as told. */
  async query(request: WireRequest): Promise<QueryResult> {
    this.queries.push(request);
    return run(this.#queryAnswer, request).catch((error) => ({ ok: false, status: 0, message: scriptFailed(error) }));
  }

  /** Only notes that it was closed. */
  async close(): Promise<void> {
    this.closed = true;
  }

  /** What the delivered requests carried, in order. */
  get delivered(): readonly LogicalRequest[] {
    return this.requests.filter((recorded) => recorded.delivery.kind === 'delivered').flatMap(({ logical }) => logical);
  }

  /** Events of the delivered requests, in order. */
  get events(): readonly RecordedEvent[] {
    return this.delivered.flatMap((logical) => logical.events);
  }

  /** Forgets what was recorded; the script stays. */
  clear(): void {
    this.requests.length = 0;
    this.queries.length = 0;
  }
}

async function run<T extends object>(
  script: T | ((request: WireRequest) => T | Promise<T>),
  request: WireRequest,
): Promise<T> {
  return typeof script === 'function' ? script(request) : script;
}

const scriptFailed = (error: unknown): string => `the script failed: ${String(error)}`;

/** Takes a request apart as a Countly server does; throws nothing, whatever the bytes are. */
export function decodeRequest(request: WireRequest): readonly LogicalRequest[] {
  const parameters = { ...bodyOf(request), ...fields(request.query) };
  if (request.path !== '/i/bulk') return [logicalRequest(parameters)];
  const { app_key, requests } = parameters;
  if (!Array.isArray(requests)) return [];
  // Of the outer parameters an entry inherits the app key only (docs/protocol.md §11.1).
  return requests
    .filter(isObject)
    .map((entry) => logicalRequest(app_key === undefined ? entry : { app_key, ...entry }));
}

function logicalRequest(parameters: Record<string, unknown>): LogicalRequest {
  const { device_id, timestamp, events } = parameters;
  return {
    deviceId: device_id === undefined ? undefined : String(device_id),
    timestamp: timestamp === undefined ? undefined : Number(timestamp),
    events: Array.isArray(events)
      ? events.filter((event): event is RecordedEvent => typeof member(event, 'key') === 'string')
      : [],
    parameters,
  };
}

function bodyOf({ body, contentType }: WireRequest): Record<string, unknown> {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  if (contentType === 'application/x-www-form-urlencoded') return fields(text);
  const value: unknown = attempted(() => JSON.parse(text));
  return isObject(value) ? value : {};
}

/** Form fields; a value that is a JSON object or list is parsed, everything else is the text it is. */
function fields(form: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [name, text] of new URLSearchParams(form)) {
    found[name] = (/^\s*[[{]/.test(text) ? attempted(() => JSON.parse(text)) : undefined) ?? text;
  }
  return found;
}
