import type { ConnectionOptions } from 'node:tls';
import { type Clock, clearTimeout, setTimeout, systemClock } from '../clock.js';
import { Reporter, silentLogger } from '../logger.js';
import { type Delivery, type ResponseParts, readDelivery, readQuery } from '../protocol/answer.js';
import { SDK_NAME, SDK_VERSION } from '../protocol/head.js';
import { Connections, proxyHeaders } from './connections.js';
import { chooseRoute, type Endpoint, parseEndpoint, type Route, requestTarget } from './endpoint.js';
import { Exchange, type Exchanged, failureText, isUnreachable, LocalFailure, type Outgoing } from './exchange.js';
import { applyRequestOptions, type RequestOptions } from './request-options.js';
import type { QueryResult, Transport, WireRequest } from './transport.js';

/** Settings of the HTTP transport; those of `CountlyOptions` mean the same here. */
export interface HttpTransportOptions {
  /** Address of the server; a folder, a port, IPv6 and `user:password@` are kept. */
  readonly url: string;
  /** From `send` to the last byte of the answer. @default 30000 */
  readonly requestTimeoutMs?: number;
  /** Until a connection stands; bounds a delayed exit too, for a pending attempt holds it. @default 5000 */
  readonly connectTimeoutMs?: number;
  /** Most connections at a time; further requests wait, and the waiting counts against their timeout. @default 8 */
  readonly connections?: number;
  readonly proxy?: string | false | undefined;
  readonly ca?: ConnectionOptions['ca'] | undefined;
  readonly tls?: ConnectionOptions | undefined;
  readonly requestOptions?: RequestOptions | undefined;
  /** Told, at most once for each cause, what a person should repair. */
  readonly warn?: (message: string) => void;
  readonly env?: NodeJS.ProcessEnv;
  /** Told the headers of every answer. */
  readonly answered?: ((headers: ResponseParts['headers']) => void) | undefined;
  /** Tells the time for a `Retry-After` that is a date. @default the machine's clock */
  readonly clock?: Pick<Clock, 'now'>;
}

/** Longer than any answer to a request; nothing in it is worth more memory. */
const MAX_ANSWER_BYTES = 1_048_576;
/** A remote config may be large. */
const MAX_QUERY_BYTES = 16_777_216;
const CLOSED = new LocalFailure('the transport was closed');

/** A transport over HTTP/1.1. Neither connections nor timers keep the process alive; `flush` holds a timer of its own. */
export function createHttpTransport(options: HttpTransportOptions): Transport {
  return new HttpTransport(options);
}

class HttpTransport implements Transport {
  readonly #endpoint: Endpoint;
  readonly #route: Route;
  /** Opened with the first request, so that Node's HTTP modules cost nobody a slower start. */
  #connections: Connections | undefined;
  readonly #running = new Set<Exchange>();
  /** Requests that may go out before one must wait, and those that wait. */
  #free: number;
  readonly #waiting: (() => void)[] = [];
  /** Tells each cause once, and contains who is told. */
  readonly #reporter: Reporter;
  #closed = false;

  constructor(private readonly options: HttpTransportOptions) {
    this.#reporter = new Reporter({ ...silentLogger, warn: (message) => options.warn?.(message) }, Date.now);
    this.#endpoint = parseEndpoint(options.url);
    const told = (message: string) => this.#reporter.warn('route', message);
    this.#route = chooseRoute(this.#endpoint, options.proxy, options.env ?? process.env, told);
    this.#free = options.connections ?? 8;
  }

  async send(request: WireRequest): Promise<Delivery> {
    const exchanged = await this.#post(request, MAX_ANSWER_BYTES);
    if (exchanged.kind === 'failure') {
      const { error } = exchanged;
      return { kind: 'retry', reason: failureText(error), ...(isUnreachable(error) ? { unreachable: true } : {}) };
    }
    return readDelivery(exchanged, (this.options.clock ?? systemClock).now());
  }

  async query(request: WireRequest): Promise<QueryResult> {
    const exchanged = await this.#post(request, MAX_QUERY_BYTES);
    if (exchanged.kind === 'failure') return { ok: false, status: 0, message: failureText(exchanged.error) };
    return readQuery(exchanged);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const exchange of this.#running) exchange.fail(CLOSED);
    this.#connections?.destroy();
  }

  /** One request under one deadline. */
  async #post(request: WireRequest, maxBytes: number): Promise<Exchanged> {
    if (this.#closed) return { kind: 'failure', error: CLOSED };
    const exchange = new Exchange(maxBytes);
    const timeoutMs = this.options.requestTimeoutMs ?? 30_000;
    const late = (): void => exchange.fail(new LocalFailure(`no answer within ${timeoutMs} ms`));
    const deadline = setTimeout(late, timeoutMs).unref();
    this.#running.add(exchange);
    void this.#inTurn(exchange, request);
    const exchanged = await exchange.result;
    this.#running.delete(exchange);
    clearTimeout(deadline);
    if (exchanged.kind === 'answer') this.options.answered?.(exchanged.headers);
    return exchanged;
  }

  /** Bounds the connections. The agent's own bound does not count tunnels under construction. */
  async #inTurn(exchange: Exchange, request: WireRequest): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      await exchange.run(this.#outgoing(request));
    } catch (error) {
      // A transport never rejects; whatever this was, the entries are still there for the next attempt.
      exchange.fail(error);
    }
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }

  #outgoing(request: WireRequest): Outgoing {
    const { host, port, authorization, origin } = this.#endpoint;
    const { connectTimeoutMs = 5000, ca, tls, requestOptions } = this.options;
    const route = this.#route;
    const trusted = { ...(ca === undefined ? {} : { ca }), ...tls };
    this.#connections ??= new Connections(this.#endpoint, route, trusted, connectTimeoutMs);
    const own = {
      host,
      'content-type': request.contentType,
      'accept-encoding': 'identity',
      'user-agent': `${SDK_NAME}/${SDK_VERSION}`,
      ...(authorization === undefined ? {} : { authorization }),
    };
    const target = requestTarget(this.#endpoint, request);
    const base = { method: 'POST', host, port, path: target, headers: own } as const;
    const { path, headers } = applyRequestOptions(base, requestOptions, this.#warn);
    const outgoing = { ...this.#connections.target, method: 'POST', path, headers, body: request.body };
    if (route.kind !== 'forward') return outgoing;
    return { ...outgoing, path: origin + path, headers: { ...headers, ...proxyHeaders(route.proxy) } };
  }

  readonly #warn = (message: string): void => this.#reporter.warn('options', message);
}
