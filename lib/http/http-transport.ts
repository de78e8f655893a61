import type { ConnectionOptions } from 'node:tls';
import type { Pool as PoolType } from 'undici';
import { type Clock, systemClock } from '../clock.js';
import type { Delivery } from '../protocol/delivery.js';
import { SDK_NAME, SDK_VERSION } from '../protocol/sdk-info.js';
import { quietConnector } from './connector.js';
import { type Endpoint, parseEndpoint, requestTarget } from './endpoint.js';
import { Exchange, Lane, type Outcome, type Outgoing } from './exchange.js';
import { failureText, LocalFailure } from './failure-text.js';
import { chooseRoute, type Environment, type Route } from './proxy-route.js';
import { readDelivery } from './read-delivery.js';
import { readQuery } from './read-query.js';
import { applyRequestOptions, type RequestOptions } from './request-options.js';
import type { QueryResult, Transport, WireRequest } from './transport.js';
import { Pool } from './undici.js';

/** Settings of the HTTP transport. */
export interface HttpTransportOptions {
  /** Address of the server; a folder, a port, IPv6 and `user:password@` are kept. */
  readonly url: string;
  /** Longest time for one request from `send` to the last byte of its answer, in milliseconds. @default 30000 */
  readonly requestTimeoutMs?: number;
  /**
   * Longest time until a connection stands, TLS included, in milliseconds. While the network swallows a connection
   * attempt, the operating system's pending call does hold the process, so this also bounds a delayed exit.
   * @default 5000
   */
  readonly connectTimeoutMs?: number;
  /** Most connections at a time; further requests wait, and the waiting counts against their timeout. @default 8 */
  readonly connections?: number;
  /** Address of a proxy to use always, or `false` for none. @default from `https_proxy`, `http_proxy`, `no_proxy` */
  readonly proxy?: string | false;
  /** Certificate authorities to trust instead of Node's own, in PEM. */
  readonly ca?: ConnectionOptions['ca'];
  /** Further TLS settings, as for `tls.connect`: client certificate, servername, minimum version … */
  readonly tls?: ConnectionOptions;
  /** Extra headers, or a function that changes each outgoing request. */
  readonly requestOptions?: RequestOptions;
  /** @default the name and version of this SDK */
  readonly userAgent?: string;
  /** Told, at most once for each cause, what a person should repair. */
  readonly warn?: (message: string) => void;
  /** @default process.env */
  readonly env?: Environment;
  /** Tells the time for a `Retry-After` that is a date. @default the machine's clock */
  readonly clock?: Pick<Clock, 'now'>;
}

/** A Countly server closes idle connections after 5 s (docs/protocol.md §15.8); ours go before that. */
const IDLE_MS = 4000;
/** Longer than any answer to a request; nothing in it is worth more memory. */
const MAX_ANSWER_BYTES = 1_048_576;
/** A remote config may be large. */
const MAX_QUERY_BYTES = 16_777_216;

/**
 * A transport over HTTP/1.1 with a bounded pool of kept-alive connections.
 *
 * Neither its connections nor its timers keep the process alive, also not with a request under way. Whoever awaits a
 * result while nothing else runs must hold the event loop with a timer of their own, as `flush` does.
 *
 * @throws CountlyConfigError when `url` or `proxy` is no http(s) address
 */
export function createHttpTransport(options: HttpTransportOptions): Transport {
  return new HttpTransport(options);
}

class HttpTransport implements Transport {
  readonly #options: HttpTransportOptions;
  readonly #endpoint: Endpoint;
  readonly #route: Route;
  readonly #pool: PoolType;
  readonly #destroySockets: () => void;
  readonly #running = new Set<Exchange>();
  readonly #warned = new Set<string>();
  #closed = false;

  constructor(options: HttpTransportOptions) {
    this.#options = options;
    this.#endpoint = parseEndpoint(options.url);
    this.#route = chooseRoute(this.#endpoint, options.proxy, options.env ?? process.env, this.#warn);
    const connector = quietConnector({
      route: this.#route,
      tls: { ...(options.ca === undefined ? {} : { ca: options.ca }), ...options.tls },
      timeoutMs: options.connectTimeoutMs ?? 5000,
    });
    this.#destroySockets = connector.destroyAll;
    this.#pool = new Pool(this.#route.kind === 'forward' ? this.#route.proxy.origin : this.#endpoint.origin, {
      connections: options.connections ?? 8,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
      // The absolute deadline below is stricter than both, and holds when an answer trickles.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: connector.connect,
      factory: (origin, settings) => new Lane(origin, settings),
    });
  }

  async send(request: WireRequest): Promise<Delivery> {
    const outcome = await this.#post(request, MAX_ANSWER_BYTES);
    if (outcome.kind === 'failure') return { kind: 'retry', reason: failureText(outcome.error) };
    return readDelivery(outcome, (this.#options.clock ?? systemClock).now());
  }

  async query(request: WireRequest): Promise<QueryResult> {
    const outcome = await this.#post(request, MAX_QUERY_BYTES);
    if (outcome.kind === 'failure') return { ok: false, status: 0, message: failureText(outcome.error) };
    return readQuery(outcome);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const failure = new LocalFailure('the transport was closed');
    for (const exchange of this.#running) exchange.fail(failure);
    try {
      const destroyed = this.#pool.destroy();
      // The pool lets connections under construction finish; they would hold the process meanwhile.
      this.#destroySockets();
      await destroyed;
    } catch {
      // Closing is all that was asked for.
    }
  }

  /** One request under one deadline, repeated once when it met a connection the server had already closed. */
  async #post(request: WireRequest, maxBytes: number): Promise<Outcome> {
    const timeoutMs = this.#options.requestTimeoutMs ?? 30_000;
    let current: Exchange | undefined;
    const deadline = setTimeout(() => current?.fail(new LocalFailure(`no answer within ${timeoutMs} ms`)), timeoutMs);
    deadline.unref();
    try {
      const outgoing = this.#outgoing(request);
      for (let repeated = false; ; repeated = true) {
        if (this.#closed) return { kind: 'failure', error: new LocalFailure('the transport was closed'), stale: false };
        current = new Exchange(this.#pool, outgoing, maxBytes);
        this.#running.add(current);
        const outcome = await current.result;
        this.#running.delete(current);
        if (outcome.kind === 'answer' || !outcome.stale || repeated) return outcome;
      }
    } catch (error) {
      // A transport never rejects; whatever this was, the entries are still there for the next attempt.
      return { kind: 'failure', error, stale: false };
    } finally {
      clearTimeout(deadline);
    }
  }

  #outgoing(request: WireRequest): Outgoing {
    const { host, port, authorization } = this.#endpoint;
    const { path, headers } = applyRequestOptions(
      {
        method: 'POST',
        host,
        port,
        path: requestTarget(this.#endpoint, request),
        headers: {
          host,
          'content-type': request.contentType,
          'user-agent': this.#options.userAgent ?? `${SDK_NAME}/${SDK_VERSION}`,
          ...(authorization === undefined ? {} : { authorization }),
        },
      },
      this.#options.requestOptions,
      this.#warn,
    );
    if (this.#route.kind !== 'forward') return { path, headers, body: request.body };
    const { authorization: proxyAuthorization } = this.#route;
    return {
      path: this.#endpoint.origin + path,
      headers: proxyAuthorization === undefined ? headers : { ...headers, 'proxy-authorization': proxyAuthorization },
      body: request.body,
    };
  }

  readonly #warn = (message: string): void => {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    try {
      this.#options.warn?.(message);
    } catch {
      // Nowhere left to tell it.
    }
  };
}
