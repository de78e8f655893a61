import type { ExecutionContext } from '@nestjs/common';
import { findCookie, readCookie } from '../identity/cookies.js';
import type { RequestContext, RequestLike } from '../identity/request-context.js';
import { addressOf, headerOf, isSecure, read } from '../identity/request-values.js';
import { AnswerEnd, type Ending } from './answer-end.js';
import { type HeadWriter, setCookieLate } from './answer-head.js';

/** The part of Node's response this module uses, on Express and Fastify alike. */
export interface ResponseLike extends Ending, HeadWriter {
  readonly statusCode: number;
}

/** The part of a Fastify request this module uses. */
export interface FastifyRequestLike extends RequestLike {
  readonly raw: object;
}

/** The part of a Fastify reply this module uses. */
export interface FastifyReplyLike {
  readonly raw: ResponseLike;
  getHeader(name: string): unknown;
}

/** An HTTP request as resolvers see it. One object a request; nothing is read before somebody asks. */
export class HttpContext implements RequestContext {
  readonly type = 'http';
  request: RequestLike;
  execution: ExecutionContext | undefined = undefined;
  readonly data = undefined;
  readonly response: ResponseLike;
  /** What a GraphQL request asked for: `query Cart`. */
  operation: string | undefined = undefined;
  /** Whoever sent it got an id with this very request. */
  isNewVisitor = false;
  #reply: FastifyReplyLike | undefined;
  /** The cookie as it was meant last. */
  #cookie = '';
  #end: AnswerEnd | undefined = undefined;

  constructor(request: RequestLike, response: ResponseLike, reply?: FastifyReplyLike) {
    this.request = request;
    this.response = response;
    this.#reply = reply;
  }

  get user(): unknown {
    // What was written for Express sees Node's request on Fastify as well, and leaves the user there.
    return this.request['user'] ?? read(() => (this.request['raw'] as { user?: unknown } | undefined)?.user);
  }

  get ip(): string | undefined {
    return addressOf(this.request);
  }

  /** Whether the browser came by HTTPS, as far as the application's `trust proxy` setting tells. */
  get secure(): boolean {
    return isSecure(this.request);
  }

  header(name: string): string | undefined {
    return headerOf(this.request, name);
  }

  cookie(name: string): string | undefined {
    return readCookie(headerOf(this.request, 'cookie', '; '), name);
  }

  /** What `accept` makes of the first cookie of this name that it takes; there may be several. */
  findCookie<T>(name: string, accept: (value: string) => T | undefined): T | undefined {
    return findCookie(headerOf(this.request, 'cookie', '; '), name, accept);
  }

  /** A header of the answer; Fastify keeps those apart from Node's response. */
  responseHeader(name: string): unknown {
    return read(() => this.#reply?.getHeader(name)) ?? read(() => this.response.getHeader?.(name));
  }

  /** Fastify's own request and reply, once there are any. */
  reached(request: RequestLike, reply: FastifyReplyLike): void {
    this.request = request;
    this.#reply = reply;
  }

  /** The answer will carry this cookie, unless a cache may keep it for others. */
  setCookie(cookie: string): void {
    const isFirst = this.#cookie === '';
    this.#cookie = cookie;
    if (isFirst) read(() => setCookieLate(this.response, () => this.#cookie));
  }

  /** @param isNew - the answer has not begun */
  whenAnswered(listener: () => void, isNew = false): void {
    this.#end ??= new AnswerEnd(this.response, isNew);
    this.#end.whenOver(listener);
  }

  /** The handler is through. */
  handled(): void {
    this.#end?.handled();
  }
}
