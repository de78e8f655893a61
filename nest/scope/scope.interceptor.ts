import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Observable, type Subscriber } from 'rxjs';
import type { FailureObserver } from '../errors/failure-observer.js';
import { describe, isThenable } from '../identity/deadline.js';
import type { HttpUnit } from './http-scope.js';
import { MessageContext, requestOfOperation } from './message-context.js';
import type { ScopeDeps } from './scope-deps.js';
import type { VisitorIds } from './scope-opener.js';
import type { UnitOfWork } from './unit-of-work.js';

type Opening = UnitOfWork | undefined | Promise<UnitOfWork | undefined>;

/**
 * Opens the scope of socket, RPC and GraphQL messages, and looks again at HTTP requests once the guards have run.
 * Registered only in applications that need it: an interceptor is not free, however little it does.
 *
 * The scope is entered for every subscription, never for the making of the Observable: the two can belong to different
 * requests. Unsubscribing reaches the producer, also while an asynchronous resolver is still being waited for.
 */
export class ScopeInterceptor implements NestInterceptor {
  readonly #deps: ScopeDeps;
  readonly #failures: FailureObserver | undefined;
  readonly #visitors: VisitorIds;

  constructor(deps: ScopeDeps, visitors: VisitorIds, failures: FailureObserver | undefined) {
    this.#deps = deps;
    this.#visitors = visitors;
    this.#failures = failures;
  }

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const type = execution.getType<string>();
    const known = this.#knownUnit(execution, type);
    if (known === 'none') return next.handle();
    return new Observable((subscriber) => {
      const opening = this.#opening(execution, known);
      if (!isThenable(opening)) return this.#follow(opening, type, next, subscriber);
      let closed = false;
      let stop = () => {
        closed = true;
      };
      // Contained before: an opening never rejects.
      void opening.then((unit) => {
        if (closed) return;
        const inner = this.#follow(unit, type, next, subscriber);
        stop = () => inner.unsubscribe();
      });
      return () => stop();
    });
  }

  /** The unit of an HTTP request; `none` for one that was left out; nothing for messages, which start here. */
  #knownUnit(execution: ExecutionContext, type: string): HttpUnit | 'none' | undefined {
    const { units } = this.#deps;
    if (type === 'http') return (units.ofRequest(execution.getArgByIndex(0)) as HttpUnit | undefined) ?? 'none';
    if (type !== 'graphql') return undefined;
    const request = requestOfOperation(execution);
    return request === undefined ? undefined : (units.ofRequest(request) as HttpUnit | undefined);
  }

  #opening(execution: ExecutionContext, known: HttpUnit | undefined): Opening {
    try {
      if (known === undefined) return this.#open(new MessageContext(execution));
      known.context.execution = execution;
      const upgrading = this.#deps.scopes.upgrade(known, this.#visitors);
      if (isThenable(upgrading)) {
        return upgrading.then(
          (moved) => this.#upgraded(known, moved),
          (error: unknown) => this.#failed(error),
        );
      }
      return this.#upgraded(known, upgrading);
    } catch (error) {
      return this.#failed(error);
    }
  }

  #open(context: MessageContext): Opening {
    if (this.#deps.settings.ignore?.(context) === true) return undefined;
    const opening = this.#deps.scopes.open(context);
    if (!isThenable(opening)) return this.#opened(opening);
    return opening.then(
      (unit) => this.#opened(unit),
      (error: unknown) => this.#failed(error),
    );
  }

  #opened(unit: UnitOfWork): UnitOfWork {
    this.#deps.units.add(undefined, unit);
    return unit;
  }

  #upgraded(unit: UnitOfWork, moved: boolean): UnitOfWork {
    if (moved) this.#deps.units.moved(unit);
    return unit;
  }

  #failed(error: unknown): undefined {
    this.#deps.warnings.once('scope', `No scope could be opened; the handler runs without one: ${describe(error)}`);
    return undefined;
  }

  #follow(unit: UnitOfWork | undefined, type: string, next: CallHandler, subscriber: Subscriber<unknown>) {
    const start = () =>
      next.handle().subscribe({
        next: (value) => subscriber.next(value),
        error: (error: unknown) => {
          this.#failures?.observe(error, unit, type);
          subscriber.error(error);
        },
        complete: () => subscriber.complete(),
      });
    return unit === undefined ? start() : this.#deps.client.run(unit.scope, start);
  }
}
