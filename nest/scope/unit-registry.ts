import { contextScope } from '../../lib/index.js';
import type { UnitOfWork } from './unit-of-work.js';

const UNIT: unique symbol = Symbol('countly-weave.nest.unit');
type Carrier = { [UNIT]?: UnitOfWork };
type Request = { [key: symbol]: UnitOfWork | undefined };

/**
 * Finds the unit of work by what a layer has at hand: Node's request (Express and Fastify give different objects to
 * different layers) or the scope of the running code. Both carry their unit under a symbol, as Nest itself marks a request
 * with its context id. A weak map would cost five times as much: what its values refer to survives every quick garbage
 * collection, and a unit refers to the whole request.
 */
export class UnitRegistry {
  /** Of this application alone: a request may pass through several, mounted into each other. */
  readonly #key = Symbol('countly-weave.nest.unit');

  add(request: object | undefined, unit: UnitOfWork): void {
    if (request !== undefined) (request as Request)[this.#key] = unit;
    this.moved(unit);
  }

  /** The unit has a new scope. */
  moved(unit: UnitOfWork): void {
    (unit.scope as Carrier)[UNIT] = unit;
  }

  /** @param request - the platform's request, or Node's */
  ofRequest(request: object): UnitOfWork | undefined {
    return (((request as { raw?: object }).raw ?? request) as Request)[this.#key];
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
