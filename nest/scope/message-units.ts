import type { ExecutionContext } from '@nestjs/common';
import { shownError } from '../../lib/internal.js';
import type { FailureObserver } from '../errors/failure-observer.js';
import { isThenable } from '../identity/deadline.js';
import { isIgnored } from './ignored.js';
import { MessageContext } from './message-context.js';
import { rememberMessage } from './open-message.js';
import type { ScopeDeps } from './scope-deps.js';
import type { UnitOfWork } from './unit-of-work.js';

/** What opening a scope gives: nothing when it was left out, or failed. Never rejects. */
export type OpenedUnit = UnitOfWork | undefined | Promise<UnitOfWork | undefined>;

/** Opens the scopes of socket, RPC and GraphQL messages. */
export class MessageUnits {
  readonly #deps: ScopeDeps;
  readonly #failures: FailureObserver | undefined;

  constructor(deps: ScopeDeps, failures: FailureObserver | undefined) {
    this.#deps = deps;
    this.#failures = failures;
  }

  /** For what comes later with the same message; resolvers that wait for the guards are not asked yet. */
  openEarly(execution: ExecutionContext): OpenedUnit {
    const opening = this.#open(execution, false);
    const remember = (unit: UnitOfWork | undefined): UnitOfWork | undefined => {
      const { client } = this.#deps;
      rememberMessage(execution, { unit, client, failures: this.#failures });
      return unit;
    };
    return isThenable(opening) ? opening.then(remember) : remember(opening);
  }

  open(execution: ExecutionContext): OpenedUnit {
    return this.#open(execution, true);
  }

  /** A scope that cannot be opened is told once, and the message is handled without one. */
  failed(error: unknown): undefined {
    this.#deps.warnings.once('scope', `No scope could be opened; the handler runs without one: ${shownError(error)}`);
    return undefined;
  }

  #open(execution: ExecutionContext, guarded: boolean): OpenedUnit {
    try {
      // Reads what transports hand over, by methods of theirs.
      const context = new MessageContext(execution, guarded);
      if (isIgnored(context, this.#deps.settings, this.#deps.warnings)) return undefined;
      const opening = this.#deps.scopes.open(context);
      if (!isThenable(opening)) return this.#opened(opening);
      return opening.then(
        (unit) => this.#opened(unit),
        (error: unknown) => this.failed(error),
      );
    } catch (error) {
      return this.failed(error);
    }
  }

  #opened(unit: UnitOfWork): UnitOfWork {
    this.#deps.units.entered(unit);
    return unit;
  }
}
