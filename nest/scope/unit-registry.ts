import { contextScope } from '../../lib/index.js';
import type { UnitOfWork } from './unit-of-work.js';

/**
 * Finds the unit of work by what a layer has at hand: Node's request (Express and Fastify give different objects to
 * different layers) or the scope of the running code. Weak on both sides: nothing outlives its request.
 */
export class UnitRegistry {
  readonly #byRequest = new WeakMap<object, UnitOfWork>();
  readonly #byScope = new WeakMap<object, UnitOfWork>();

  add(request: object | undefined, unit: UnitOfWork): void {
    if (request !== undefined) this.#byRequest.set(request, unit);
    this.#byScope.set(unit.scope, unit);
  }

  /** The unit has a new scope. */
  moved(unit: UnitOfWork): void {
    this.#byScope.set(unit.scope, unit);
  }

  /** @param request - the platform's request, or Node's */
  ofRequest(request: object): UnitOfWork | undefined {
    return this.#byRequest.get((request as { raw?: object }).raw ?? request);
  }

  /** The unit the running code belongs to. */
  current(): UnitOfWork | undefined {
    const scope = contextScope();
    return scope === undefined ? undefined : this.#byScope.get(scope);
  }
}
