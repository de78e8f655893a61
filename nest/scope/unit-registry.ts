import { contextScope } from '../../lib/internal.js';
import type { UnitOfWork } from './unit-of-work.js';

const UNIT: unique symbol = Symbol('countly-weave.nest.unit');
type ScopeMark = { [UNIT]?: UnitOfWork };
type Bearer = { [key: symbol]: UnitOfWork | undefined };

/**
 * Finds the unit of work by what a layer has at hand: Node's request (Express and Fastify give different objects to
 * different layers) or the scope of the running code. Both carry their unit under a symbol, as Nest itself marks a request
 * with its context id. A weak map would cost five times as much: what its values refer to survives every quick garbage
 * collection, and a unit refers to the whole request.
 */
export class UnitRegistry {
  /** Of this application alone: a request may pass through several, mounted into each other. */
  readonly #key = Symbol('countly-weave.nest.unit');

  /** @param bearer - what `bearerOf` gave for the request */
  add(bearer: object, unit: UnitOfWork): void {
    (bearer as Bearer)[this.#key] = unit;
    this.entered(unit);
  }

  /** The unit has a scope, or another one than before. */
  entered(unit: UnitOfWork): void {
    (unit.scope as ScopeMark)[UNIT] = unit;
  }

  /** @param request - the platform's request, or Node's */
  ofRequest(request: object): UnitOfWork | undefined {
    return this.of(bearerOf(request));
  }

  /** @param bearer - what `bearerOf` gave for the request */
  of(bearer: object): UnitOfWork | undefined {
    return (bearer as Bearer)[this.#key];
  }

  /** The unit the running code belongs to. */
  current(): UnitOfWork | undefined {
    return currentUnit();
  }
}

/**
 * The part of a request that bears its unit: the list of its raw headers, since each request has one of its own. Express
 * changes the prototype of each request, for which V8 (before Node 24) makes a hidden class for each, so that every look
 * at the request itself takes 1 µs, and a new property 3.
 */
export function bearerOf(request: object): object {
  const { rawHeaders } = request as { rawHeaders?: unknown };
  if (Array.isArray(rawHeaders)) return rawHeaders;
  const { raw } = request as { raw?: object };
  return raw === undefined ? request : ((raw as { rawHeaders?: object }).rawHeaders ?? raw);
}

/** The unit the running code belongs to, whatever application that is of. */
export function currentUnit(): UnitOfWork | undefined {
  return (contextScope() as ScopeMark | undefined)?.[UNIT];
}
