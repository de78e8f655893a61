import type { ExecutionContext } from '@nestjs/common';
import { readCookie } from '../identity/cookies.js';
import type { RequestContext, RequestLike } from '../identity/request-context.js';

/** The part of Node's response this module uses, on Express and Fastify alike. */
export interface ResponseLike {
  readonly statusCode: number;
  readonly headersSent: boolean;
  getHeader(name: string): number | string | readonly string[] | undefined;
  appendHeader(name: string, value: string): unknown;
  once(event: 'close', listener: () => void): unknown;
  on(event: 'close', listener: () => void): unknown;
}

/** The part of a Fastify request this module uses. */
export interface FastifyRequestLike extends RequestLike {
  readonly raw: object;
}

/** The part of a Fastify reply this module uses. */
export interface FastifyReplyLike {
  readonly raw: ResponseLike;
  header(name: string, value: string): unknown;
  getHeader(name: string): number | string | readonly string[] | undefined;
}

/** An HTTP request as resolvers see it. One object a request; nothing is read before somebody asks. */
export class HttpContext implements RequestContext {
  readonly type = 'http';
  request: RequestLike;
  execution: ExecutionContext | undefined = undefined;
  readonly data = undefined;
  readonly response: ResponseLike;
  #reply: FastifyReplyLike | undefined;
  #cookie: string | undefined = undefined;

  constructor(request: RequestLike, response: ResponseLike, reply?: FastifyReplyLike) {
    this.request = request;
    this.response = response;
    this.#reply = reply;
  }

  get user(): unknown {
    return this.request['user'];
  }

  get ip(): string | undefined {
    const { ip } = this.request;
    if (typeof ip === 'string') return ip;
    return (this.request['socket'] as { remoteAddress?: string } | undefined)?.remoteAddress;
  }

  /** Whether the browser came by HTTPS, as far as the application's `trust proxy` setting tells. */
  get secure(): boolean {
    const { protocol, socket } = this.request;
    return protocol === 'https' || (socket as { encrypted?: boolean } | undefined)?.encrypted === true;
  }

  header(name: string): string | undefined {
    const { headers } = this.request;
    const value = headers[name] ?? headers[name.toLowerCase()];
    return typeof value === 'string' || value === undefined ? value : value.join(', ');
  }

  cookie(name: string): string | undefined {
    return readCookie(this.header('cookie'), name);
  }

  /** A header of the answer; Fastify keeps those apart from Node's response. */
  responseHeader(name: string): number | string | readonly string[] | undefined {
    return this.#reply?.getHeader(name) ?? this.response.getHeader(name);
  }

  /** Fastify's own request and reply, once there are any. */
  reached(request: RequestLike, reply: FastifyReplyLike): void {
    this.request = request;
    this.#reply = reply;
    if (this.#cookie !== undefined) reply.header('set-cookie', this.#cookie);
    this.#cookie = undefined;
  }

  /**
   * On Fastify a cookie has to go through the reply, which is not at hand yet: what is set on Node's response directly
   * is lost as soon as the application sets a cookie of its own.
   */
  setCookie(cookie: string): void {
    if (this.#reply !== undefined) this.#reply.header('set-cookie', cookie);
    else if ('app' in this.request) {
      if (!this.response.headersSent) this.response.appendHeader('Set-Cookie', cookie);
    } else this.#cookie = cookie;
  }
}
