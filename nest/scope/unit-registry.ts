import { contextScope } from '../../lib/index.js';
import type { UnitOfWork } from './unit-of-work.js';

const UNIT: unique symbol = Symbol('countly-weave.nest.unit');
type Carrier = { [UNIT]?: UnitOfWork };

/**
 * Finds the unit of work by what a layer has at hand: Node's request (Express and Fastify give different objects to
 * different layers) or the scope of the running code. The request belongs to the application, so it is only the key of a
 * weak map; the scope is ours and carries its unit, because a weak map costs a microsecond for every new key.
 */
export class UnitRegistry {
  readonly #byRequest = new WeakMap<object, UnitOfWork>();

  add(request: object | undefined, unit: UnitOfWork): void {
    if (request !== undefined) this.#byRequest.set(request, unit);
    this.moved(unit);
  }

  /** The unit has a new scope. */
  moved(unit: UnitOfWork): void {
    (unit.scope as Carrier)[UNIT] = unit;
  }

  /** @param request - the platform's request, or Node's */
  ofRequest(request: object): UnitOfWork | undefined {
    return this.#byRequest.get((request as { raw?: object }).raw ?? request);
  }

  /** The unit the running code belongs to. */
  current(): UnitOfWork | undefined {
    return currentUnit();
  }
}

/** The unit the running code belongs to, whatever application that is of. */
export function currentUnit(): UnitOfWork | undefined {
  return (contextScope() as Carrier | undefined)?.[UNIT];
}
