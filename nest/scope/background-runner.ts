import { types } from 'node:util';
import { type DeviceScope } from '../../lib/index.js';
import { contextScope, shownError } from '../../lib/internal.js';
import { carrierOfWork } from '../carrier/from-carrier.js';
import type { FailureObserver } from '../errors/failure-observer.js';
import type { BackgroundKind } from '../explorer/background-handlers.js';
import { isThenable } from '../identity/deadline.js';
import { ConnectionContext } from './connection-context.js';
import type { ScopeDeps } from './scope-deps.js';
import type { UnitOfWork } from './unit-of-work.js';

/** A method as it is called from outside. */
export type Handler = (this: unknown, ...args: unknown[]) => unknown;

/** Runs one kind of background handler: each call in a scope of its own, its failure reported and passed on. */
export class BackgroundRunner {
  readonly #kind: BackgroundKind;
  readonly #deps: ScopeDeps;
  readonly #failures: FailureObserver | undefined;

  constructor(kind: BackgroundKind, deps: ScopeDeps, failures: FailureObserver | undefined) {
    this.#kind = kind;
    this.#deps = deps;
    this.#failures = failures;
  }

  run(target: Handler, self: unknown, args: unknown[]): unknown {
    if (this.#inherits) {
      const current = contextScope();
      // Whoever executed the command sees its failure; one of an event handler ends in the event bus.
      if (current?.client === this.#deps.client) {
        return this.#kind === 'command'
          ? Reflect.apply(target, self, args)
          : this.#observed(this.#deps.units.current(), target, self, args);
      }
    }
    const opening = this.#open(args);
    if (isThenable(opening)) return opening.then((unit) => this.#inside(unit, target, self, args));
    return this.#inside(opening, target, self, args);
  }

  #inside(unit: UnitOfWork | undefined, target: Handler, self: unknown, args: unknown[]): unknown {
    const { client } = this.#deps;
    const scope = unit?.scope ?? this.#carried(args) ?? client.scope({});
    return client.run(scope, () => this.#observed(unit, target, self, args));
  }

  #observed(unit: UnitOfWork | undefined, target: Handler, self: unknown, args: unknown[]): unknown {
    try {
      const result = Reflect.apply(target, self, args) as unknown;
      return types.isPromise(result) ? result.then(undefined, (error: unknown) => this.#rethrow(error, unit)) : result;
    } catch (error) {
      return this.#rethrow(error, unit);
    }
  }

  /** What the commands and events of CQRS do belongs to whoever sent them, unlike jobs and listeners. */
  get #inherits(): boolean {
    return this.#kind === 'command' || this.#kind === 'domain-event';
  }

  /** The person a job or an event brought along. */
  #carried(args: readonly unknown[]): DeviceScope | undefined {
    const { carriers } = this.#deps;
    if (carriers === undefined || this.#kind === 'connection' || this.#kind === 'schedule') return undefined;
    return carriers.scopeOf(carrierOfWork(args));
  }

  #rethrow(error: unknown, unit: UnitOfWork | undefined): never {
    this.#failures?.observe(error, unit, this.#kind);
    throw error;
  }

  /** A socket that opens has a person behind it; nothing else here has. */
  #open(args: readonly unknown[]): UnitOfWork | undefined | Promise<UnitOfWork | undefined> {
    if (this.#kind !== 'connection') return undefined;
    try {
      const opening = this.#deps.scopes.open(new ConnectionContext(args[0], args[1]));
      return isThenable(opening) ? opening.catch((error: unknown) => this.#failed(error)) : opening;
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(error: unknown): undefined {
    this.#deps.warnings.once('connection', `No scope could be opened for a connection: ${shownError(error)}`);
    return undefined;
  }
}
