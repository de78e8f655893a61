import { types } from 'node:util';
import type { FailureObserver } from '../errors/failure-observer.js';
import type { BackgroundHandler, BackgroundKind } from '../explorer/background-handlers.js';
import { describe, isThenable } from '../identity/deadline.js';
import { ConnectionContext } from './connection-context.js';
import type { ScopeDeps } from './scope-deps.js';
import type { UnitOfWork } from './unit-of-work.js';

type Handler = (this: unknown, ...args: unknown[]) => unknown;

const wrapped = new WeakSet<object>();

/**
 * Gives every run of a background handler a scope of its own: a job that a request happened to start must not be
 * recorded under that request's visitor, nor share its breadcrumbs with the next job. `@WithDevice` on the handler then
 * says whose work it is. The method is replaced on this one instance; the class stays as it is.
 */
export function giveOwnScopes(
  handlers: readonly BackgroundHandler[],
  deps: ScopeDeps,
  failures: FailureObserver | undefined,
): void {
  for (const { instance, key, kind } of handlers) {
    const original = instance[key];
    if (typeof original !== 'function' || wrapped.has(original)) continue;
    if (kind === 'event' && deps.settings.inheritScope) continue;
    const own = Object.getOwnPropertyDescriptor(instance, key);
    if (own === undefined ? !Object.isExtensible(instance) : own.configurable !== true) continue;
    const runner = new Runner(kind, deps, failures);
    const handler = new Proxy(original as Handler, {
      apply: (target, self, args: unknown[]) => runner.run(target, self, args),
    });
    // Schedulers and emitters find their handlers by metadata, which is kept by function.
    for (const name of Reflect.getMetadataKeys(original) as unknown[]) {
      Reflect.defineMetadata(name, Reflect.getMetadata(name, original), handler);
    }
    wrapped.add(handler);
    Object.defineProperty(instance, key, { value: handler, writable: true, configurable: true, enumerable: false });
  }
}

class Runner {
  readonly #kind: BackgroundKind;
  readonly #deps: ScopeDeps;
  readonly #failures: FailureObserver | undefined;

  constructor(kind: BackgroundKind, deps: ScopeDeps, failures: FailureObserver | undefined) {
    this.#kind = kind;
    this.#deps = deps;
    this.#failures = failures;
  }

  run(target: Handler, self: unknown, args: unknown[]): unknown {
    const opening = this.#open(args);
    if (isThenable(opening)) return opening.then((unit) => this.#inside(unit, target, self, args));
    return this.#inside(opening, target, self, args);
  }

  #inside(unit: UnitOfWork | undefined, target: Handler, self: unknown, args: unknown[]): unknown {
    const { client } = this.#deps;
    return client.run(unit?.scope ?? client.scope({}), () => {
      try {
        const result = Reflect.apply(target, self, args) as unknown;
        return types.isPromise(result)
          ? result.then(undefined, (error: unknown) => this.#rethrow(error, unit))
          : result;
      } catch (error) {
        return this.#rethrow(error, unit);
      }
    });
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
    this.#deps.warnings.once('connection', `No scope could be opened for a connection: ${describe(error)}`);
    return undefined;
  }
}
