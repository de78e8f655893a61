import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Observable, type Subscriber } from 'rxjs';
import type { FailureObserver } from '../errors/failure-observer.js';
import { isThenable } from '../identity/deadline.js';
import { OperationNames } from '../traffic/operation.js';
import type { HttpContext } from './http-context.js';
import { requestOfOperation } from './message-context.js';
import type { MessageUnits, OpenedUnit } from './message-units.js';
import { openMessage } from './open-message.js';
import type { ScopeDeps } from './scope-deps.js';
import type { VisitorIds } from './scope-opener.js';
import type { UnitOfWork } from './unit-of-work.js';
import { currentUnit } from './unit-registry.js';

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
  readonly #messages: MessageUnits;
  readonly #operations = new OperationNames();

  constructor(deps: ScopeDeps, visitors: VisitorIds, failures: FailureObserver | undefined, messages: MessageUnits) {
    this.#deps = deps;
    this.#messages = messages;
    this.#visitors = visitors;
    this.#failures = failures;
  }

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const type = execution.getType<string>();
    const known = this.#contained(execution, type);
    if (known === 'none') return next.handle();
    // Of messages the interceptor may stand in two places.
    if ((type === 'ws' || type === 'rpc') && known !== undefined && known === currentUnit()) return next.handle();
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

  #contained(execution: ExecutionContext, type: string): UnitOfWork | 'none' | undefined {
    try {
      return this.#knownUnit(execution, type);
    } catch (error) {
      this.#messages.failed(error);
      return 'none';
    }
  }

  /** The unit of a request or message that has one; `none` for what was left out; nothing for messages that start here. */
  #knownUnit(execution: ExecutionContext, type: string): UnitOfWork | 'none' | undefined {
    const { units } = this.#deps;
    if (type === 'http') return units.ofRequest(execution.getArgByIndex(0)) ?? 'none';
    const early = openMessage(execution);
    if (early !== undefined) return early.unit ?? 'none';
    if (type !== 'graphql') return undefined;
    const request = requestOfOperation(execution);
    const unit = request === undefined ? undefined : units.ofRequest(request);
    if (unit?.context.type === 'http') {
      const context = unit.context as HttpContext;
      context.operation ??= this.#operations.of(execution.getArgByIndex(3));
    }
    return unit;
  }

  #opening(execution: ExecutionContext, known: UnitOfWork | undefined): OpenedUnit {
    if (known === undefined) return this.#messages.open(execution);
    try {
      (known.context as { execution: ExecutionContext }).execution = execution;
      // Only an HTTP answer can take a visitor's cookie back.
      const visitors = known.context.type === 'http' ? this.#visitors : undefined;
      const upgrading = this.#deps.scopes.upgrade(known, visitors);
      if (isThenable(upgrading)) {
        return upgrading.then(
          (moved) => this.#upgraded(known, moved),
          (error: unknown) => this.#messages.failed(error),
        );
      }
      return this.#upgraded(known, upgrading);
    } catch (error) {
      return this.#messages.failed(error);
    }
  }

  #upgraded(unit: UnitOfWork, moved: boolean): UnitOfWork {
    if (moved) this.#deps.units.entered(unit);
    return unit;
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
    if (unit === undefined) return start();
    this.#deps.visits?.known(unit);
    return this.#deps.client.run(unit.scope, start);
  }
}
