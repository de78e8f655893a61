import { contextScope } from '../../lib/internal.js';
import { read } from '../identity/request-values.js';
import type { UnitOfWork } from './unit-of-work.js';
import { tellUnits } from './unit-title.js';

/** A request's unit of work; `null` for one that was left out. */
type Known = UnitOfWork | null;
type ScopeMark = { [UNIT]?: UnitOfWork };
type Bearer = { [key: symbol]: Known | undefined };

const UNIT: unique symbol = Symbol('countly-weave.nest.unit');
/** The unit that a request got last: of several applications mounted into each other the innermost. */
const LATEST = Symbol('countly-weave.nest.latest-unit');
tellUnits((scope) => (scope as ScopeMark)[UNIT]);
/** For requests that take no properties, such as frozen ones. */
const others = new WeakMap<object, Map<symbol, Known>>();

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
    put(bearer, this.#key, unit);
    put(bearer, LATEST, unit);
    this.entered(unit);
  }

  /** The request gets no unit: the application leaves it out, or none could be opened. */
  leaveOut(bearer: object): void {
    put(bearer, this.#key, null);
    put(bearer, LATEST, null);
  }

  /** The unit has a scope, or another one than before. */
  entered(unit: UnitOfWork): void {
    (unit.scope as ScopeMark)[UNIT] = unit;
    unit.entered?.();
  }

  /** @param request - the platform's request, or Node's */
  ofRequest(request: object): UnitOfWork | undefined {
    return this.known(bearerOf(request)) ?? undefined;
  }

  /** `null` for a request that was left out, `undefined` for one that has not been seen. @param bearer - of `bearerOf` */
  known(bearer: object): UnitOfWork | null | undefined {
    return get(bearer, this.#key);
  }

  /** The unit the running code belongs to. */
  current(): UnitOfWork | undefined {
    return currentUnit();
  }
}

/**
 * The part of a request that bears its unit: the list of its raw headers, since each request has one of its own. Express
 * changes the prototype of each request, for which V8 (before Node 24) makes a hidden class for each, so that every look
 * at the request itself takes 1 µs, and a new property 3. An empty list may be shared: no request of Node's server has one,
 * but requests that an adapter made up do.
 */
export function bearerOf(request: object): object {
  const list = headersIn(request);
  if (list !== undefined) return list;
  const raw = read(() => (request as { raw?: unknown }).raw);
  return typeof raw === 'object' && raw !== null ? (headersIn(raw) ?? raw) : request;
}

/** The unit the running code belongs to, whatever application that is of. */
export function currentUnit(): UnitOfWork | undefined {
  return (contextScope() as ScopeMark | undefined)?.[UNIT];
}

/** The unit of a request, whatever application it is of. `null` and `undefined` as `UnitRegistry.known` gives them. */
export function unitOfRequest(request: object): UnitOfWork | null | undefined {
  return get(bearerOf(request), LATEST);
}

function headersIn(request: object): object | undefined {
  try {
    const { rawHeaders } = request as { rawHeaders?: unknown };
    return Array.isArray(rawHeaders) && rawHeaders.length > 0 ? rawHeaders : undefined;
  } catch {
    return undefined;
  }
}

function put(bearer: object, key: symbol, known: Known): void {
  if (Object.isExtensible(bearer)) {
    (bearer as Bearer)[key] = known;
    return;
  }
  const all = others.get(bearer) ?? new Map<symbol, Known>();
  others.set(bearer, all.set(key, known));
}

function get(bearer: object, key: symbol): Known | undefined {
  const known = (bearer as Bearer)[key];
  return known === undefined && !Object.isExtensible(bearer) ? others.get(bearer)?.get(key) : known;
}
