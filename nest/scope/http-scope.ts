import { contextScope, shownError } from '../../lib/internal.js';
import { isThenable } from '../identity/deadline.js';
import type { RequestLike } from '../identity/request-context.js';
import type { RequestEntry } from '../patches/adapter-callbacks.js';
import { type FastifyReplyLike, type FastifyRequestLike, HttpContext, type ResponseLike } from './http-context.js';
import { isIgnored } from './ignored.js';
import { leftOut } from './left-out.js';
import type { ScopeDeps } from './scope-deps.js';
import type { UnitOfWork } from './unit-of-work.js';
import { bearerOf, currentUnit } from './unit-registry.js';
import { VisitorCookies } from './visitor-cookies.js';

export type HttpUnit = UnitOfWork<HttpContext>;
type Next = (error?: unknown) => void;

/** Told about every request that got a scope, before anything else of the application sees it. */
export type RequestObserver = (unit: HttpUnit) => void;

/** Enters a scope for every HTTP request; a request never gets two. */
export class HttpScope implements RequestEntry {
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
    const { settings, scopes, units, warnings } = this.#deps;
    const bearer = bearerOf(raw);
    if (units.known(bearer) !== undefined) return next();
    let opening: HttpUnit | Promise<HttpUnit> | undefined;
    let ignored = false;
    try {
      const context = new HttpContext(request, response, reply);
      ignored = isIgnored(context, settings, warnings);
      if (ignored) units.leaveOut(bearer);
      else opening = scopes.open(context, this.visitors);
    } catch (error) {
      this.#failed(bearer, error);
    }
    if (ignored) return leftOut.run(() => this.#withoutScope(next));
    if (opening === undefined) return next();
    if (isThenable(opening)) {
      opening.then(
        (unit) => goOn(next, () => this.#start(bearer, unit, next)),
        (error: unknown) => {
          this.#failed(bearer, error);
          goOn(next, next);
        },
      );
      return;
    }
    this.#start(bearer, opening, next);
  }

  /**
   * Fastify's `preValidation` hook: reading a body leaves the async context of the middleware, so the scope is entered
   * again; Fastify's request, with what plugins put on it, is known from here on.
   */
  readonly preValidation = (request: RequestLike, reply: FastifyReplyLike, done: Next): void => {
    (this.#deps.units.ofRequest(request) as HttpUnit | undefined)?.context.reached(request, reply);
    this.inRequest(request, done);
  };

  /** Runs it where the request belongs, whatever the async context says. */
  inRequest<T>(request: object, run: () => T): T {
    const { client, units } = this.#deps;
    const scope = contextScope();
    const current = currentUnit();
    // In order already, nearly always. No look at the request itself: those are dear (`bearerOf`).
    if (current?.context.request === request && current.scope === scope && scope?.client === client) return run();
    const unit = units.known(bearerOf(request));
    if (unit === null) return this.#withoutScope(run);
    return unit === undefined || unit.scope === scope ? run() : client.run(unit.scope, run);
  }

  handled(request: object): void {
    const current = currentUnit();
    const unit = current?.context.request === request ? current : this.#deps.units.ofRequest(request);
    (unit as HttpUnit | undefined)?.context.handled();
  }

  /** What belongs to no person must not be recorded under whoever the async context says. */
  #withoutScope<T>(run: () => T): T {
    const { client } = this.#deps;
    return contextScope() === undefined ? run() : client.run(client, run);
  }

  #start(bearer: object, unit: HttpUnit, next: Next): void {
    const { client, units } = this.#deps;
    try {
      units.add(bearer, unit);
      for (const observe of this.#observers) observe(unit);
    } catch (error) {
      this.#tell(error);
    }
    client.run(unit.scope, next);
  }

  #failed(bearer: object, error: unknown): void {
    this.#deps.units.leaveOut(bearer);
    this.#tell(error);
  }

  #tell(error: unknown): void {
    this.#deps.warnings.once(
      'http',
      `No scope could be opened for a request; it is served without one: ${shownError(error)}`,
    );
  }
}

/** What is thrown on the way goes where it would have gone without the wait: to the framework. */
function goOn(next: Next, run: () => void): void {
  try {
    run();
  } catch (error) {
    next(error);
  }
}
