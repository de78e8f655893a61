import type { QueryResult, Transport, WireRequest } from '../http/transport.js';
import type { Delivery } from '../protocol/delivery.js';

/** One `/i` request as the server would understand it, taken out of whatever body carried it. */
export interface LogicalRequest {
  readonly deviceId: string | undefined;
  /** Milliseconds since the epoch, as sent. */
  readonly timestamp: number | undefined;
  readonly events: readonly RecordedEvent[];
  /** Every parameter by its name on the wire; JSON text is parsed. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** An event as it stood on the wire. */
export interface RecordedEvent {
  readonly key: string;
  readonly [field: string]: unknown;
}

/** A request that was handed to the transport, with what it was answered. */
export interface RecordedRequest {
  readonly request: WireRequest;
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

  async send(request: WireRequest): Promise<Delivery> {
    const scripted = this.#once.shift() ?? this.#answer;
    const delivery = await run(scripted, request, (reason): Delivery => ({ kind: 'retry', reason }));
    this.requests.push({ request, delivery, logical: decodeRequest(request) });
    return delivery;
  }

  async query(request: WireRequest): Promise<QueryResult> {
    this.queries.push(request);
    return run(this.#queryAnswer, request, (message): QueryResult => ({ ok: false, status: 0, message }));
  }

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

/** A transport never rejects, and neither does its double when a script throws. */
async function run<T extends object>(
  script: T | ((request: WireRequest) => T | Promise<T>),
  request: WireRequest,
  failed: (text: string) => T,
): Promise<T> {
  if (typeof script !== 'function') return script;
  try {
    return await script(request);
  } catch (error) {
    return failed(`the script failed: ${String(error)}`);
  }
}

/** Takes a request apart as a Countly server does; throws nothing, whatever the bytes are. */
export function decodeRequest(request: WireRequest): readonly LogicalRequest[] {
  const parameters = { ...bodyOf(request), ...fields(request.query) };
  const { requests, ...shared } = parameters;
  if (request.path !== '/i/bulk') return [logicalRequest(parameters)];
  if (!Array.isArray(requests)) return [];
  // Of the outer parameters an entry inherits the app key only (docs/protocol.md §11.1).
  const { app_key } = shared;
  return requests
    .filter(isObject)
    .map((entry) => logicalRequest(app_key === undefined ? entry : { app_key, ...entry }));
}

function logicalRequest(parameters: Record<string, unknown>): LogicalRequest {
  const { device_id, timestamp, events } = parameters;
  return {
    deviceId: device_id === undefined ? undefined : String(device_id),
    timestamp: timestamp === undefined ? undefined : Number(timestamp),
    events: Array.isArray(events) ? events.filter(isEvent) : [],
    parameters,
  };
}

function bodyOf(request: WireRequest): Record<string, unknown> {
  const body = typeof request.body === 'string' ? request.body : Buffer.from(request.body).toString('utf8');
  if (request.contentType === 'application/x-www-form-urlencoded') return fields(body);
  const value = parsed(body);
  return isObject(value) ? value : {};
}

/** Form fields; a value that is a JSON object or list is parsed, everything else is the text it is. */
function fields(form: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [name, text] of new URLSearchParams(form)) {
    const value = /^\s*[[{]/.test(text) ? parsed(text) : undefined;
    found[name] = value ?? text;
  }
  return found;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEvent(value: unknown): value is RecordedEvent {
  return isObject(value) && typeof value['key'] === 'string';
}
