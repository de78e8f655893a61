import type { ExecutionContext } from '@nestjs/common';
import type { Countly } from '../../lib/index.js';
import type { FailureObserver } from '../errors/failure-observer.js';
import { describe, isThenable } from '../identity/deadline.js';
import { MessageContext } from './message-context.js';
import type { ScopeDeps } from './scope-deps.js';
import type { UnitOfWork } from './unit-of-work.js';

/** What opening a scope gives: nothing when it was left out, or failed. Never rejects. */
export type OpenedUnit = UnitOfWork | undefined | Promise<UnitOfWork | undefined>;

/** A message whose scope is open, and whose application it belongs to. */
export interface OpenMessage {
  readonly unit: UnitOfWork | undefined;
  readonly client: Countly;
  readonly failures: FailureObserver | undefined;
}

/**
 * Stands on the arguments of the handler: the one object that Nest hands to guards and interceptors of the same message.
 * Not in a weak map, for the reason that `UnitRegistry` gives.
 */
const OPEN: unique symbol = Symbol('countly-weave.nest.open-message');
type Arguments = { [OPEN]?: OpenMessage };
/** By what a guard threw: all that an exception filter has in hand of a message that came no further. */
const byError = new WeakMap<object, OpenMessage>();

/** The message that is being handled, if its scope was opened before the guards. */
export function openMessage(execution: ExecutionContext): OpenMessage | undefined {
  return execution.getArgs<Arguments & unknown[]>()[OPEN];
}

/** The message whose guard threw this. */
export function messageOfError(error: unknown): OpenMessage | undefined {
  return typeof error === 'object' && error !== null ? byError.get(error) : undefined;
}

export function rememberError(error: unknown, message: OpenMessage): void {
  if (typeof error === 'object' && error !== null) byError.set(error, message);
}

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
    const opening = this.#open(new MessageContext(execution, false));
    const remember = (unit: UnitOfWork | undefined): UnitOfWork | undefined => {
      const { client } = this.#deps;
      execution.getArgs<Arguments & unknown[]>()[OPEN] = { unit, client, failures: this.#failures };
      return unit;
    };
    return isThenable(opening) ? opening.then(remember) : remember(opening);
  }

  open(execution: ExecutionContext): OpenedUnit {
    return this.#open(new MessageContext(execution, true));
  }

  /** A scope that cannot be opened is told once, and the message is handled without one. */
  failed(error: unknown): undefined {
    this.#deps.warnings.once('scope', `No scope could be opened; the handler runs without one: ${describe(error)}`);
    return undefined;
  }

  #open(context: MessageContext): OpenedUnit {
    try {
      if (this.#deps.settings.ignore?.(context) === true) return undefined;
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
