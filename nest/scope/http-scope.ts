import { contextScope } from '../../lib/internal.js';
import { describe, isThenable } from '../identity/deadline.js';
import type { RequestLike } from '../identity/request-context.js';
import { type FastifyReplyLike, type FastifyRequestLike, HttpContext, type ResponseLike } from './http-context.js';
import { leftOut } from './left-out.js';
import type { ScopeDeps } from './scope-deps.js';
import type { UnitOfWork } from './unit-of-work.js';
import { bearerOf } from './unit-registry.js';
import { VisitorCookies } from './visitor-cookies.js';

export type HttpUnit = UnitOfWork<HttpContext>;
type Next = (error?: unknown) => void;

/** Told about every request that got a scope, before anything else of the application sees it. */
export type RequestObserver = (unit: HttpUnit) => void;

/** Enters a scope for every HTTP request; a request never gets two. */
export class HttpScope {
  readonly #deps: ScopeDeps;
  readonly #observers: readonly RequestObserver[];
  readonly visitors: VisitorCookies;

  constructor(deps: ScopeDeps, observers: readonly RequestObserver[]) {
    this.#deps = deps;
    this.#observers = observers;
    this.visitors = new VisitorCookies(deps);
  }

  /** Express's middleware, and middie's on Fastify. */
  readonly middleware = (request: RequestLike, response: ResponseLike, next: Next): void => {
    this.#enter(request, request, response, undefined, next);
  };

  /** Fastify's `onRequest` hook, where no middleware has to find a scope. */
  readonly onRequest = (request: FastifyRequestLike, reply: FastifyReplyLike, done: Next): void => {
    this.#enter(request.raw, request, reply.raw, reply, done);
  };

  #enter(
    raw: object,
    request: RequestLike,
    response: ResponseLike,
    reply: FastifyReplyLike | undefined,
    next: Next,
  ): void {
    const { client, settings, scopes, units } = this.#deps;
    const bearer = bearerOf(raw);
    if (units.of(bearer) !== undefined) return next();
    let opening: HttpUnit | Promise<HttpUnit> | undefined;
    let ignored = false;
    try {
      const context = new HttpContext(request, response, reply);
      if (settings.ignore?.(context) === true) ignored = true;
      else opening = scopes.open(context, this.visitors);
    } catch (error) {
      this.#tell(error);
    }
    if (ignored) return leftOut.run(next);
    if (opening === undefined) return next();
    if (!isThenable(opening)) {
      this.#opened(bearer, opening);
      return client.run(opening.scope, next);
    }
    opening.then(
      (unit) => {
        this.#opened(bearer, unit);
        client.run(unit.scope, next);
      },
      (error: unknown) => {
        this.#tell(error);
        next();
      },
    );
  }

  /**
   * Fastify's `preValidation` hook: reading a body leaves the async context of the middleware, so the scope is entered
   * again; Fastify's request, with what plugins put on it, is known from here on.
   */
  readonly preValidation = (request: RequestLike, reply: FastifyReplyLike, done: Next): void => {
    const unit = this.#deps.units.ofRequest(request) as HttpUnit | undefined;
    if (unit === undefined) return done();
    unit.context.reached(request, reply);
    if (contextScope() === unit.scope) return done();
    this.#deps.client.run(unit.scope, done);
  };

  #opened(bearer: object, unit: HttpUnit): void {
    this.#deps.units.add(bearer, unit);
    for (const observe of this.#observers) observe(unit);
  }

  #tell(error: unknown): void {
    this.#deps.warnings.once(
      'http',
      `No scope could be opened for a request; it is served without one: ${describe(error)}`,
    );
  }
}
