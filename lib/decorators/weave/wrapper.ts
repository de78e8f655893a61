import { types } from 'node:util';
import { scopeFor } from '../../client/current.js';
import type { ScopeApi } from '../../client/scope-api.js';
import type { Method } from './advice.js';
import { shareMetadata } from './metadata-bridge.js';
import type { Woven } from './woven.js';

type Constructible = new (...args: unknown[]) => object;

/** Own properties that every function gets from the engine. */
const ENGINE_KEYS: ReadonlySet<string | symbol> = new Set(['length', 'name', 'prototype', 'arguments', 'caller']);

/** What a wrapper does when there is somebody to record for. */
export type Watched = (woven: Woven, scope: ScopeApi | undefined, instance: unknown, args: unknown[]) => unknown;

/**
 * A function that stands in for `face` and calls `woven.original`. A plain function rather than a `Proxy`: calling a Proxy
 * costs 20 to 45 ns in V8 before anything happened, a function 2 to 5. What a Proxy would give for free is made by hand:
 * name, length, `toString`, own properties, constructibility, and everything else through the prototype chain.
 *
 * @param shared - also let `face` see metadata written on the wrapper; off for a wrapper that a subclass puts over an
 * inherited method, whose metadata must not reach the parent class
 */
export function createWrapper(face: Method, woven: Woven, watched: Watched, shared: boolean): Method {
  const wrapper = isConstructible(face) ? constructible(woven, watched) : notConstructible(woven, watched);
  copyOwnProperties(face, wrapper);
  const ancestor: unknown = Object.create(face, {
    toString: { value: () => face.toString(), writable: true, configurable: true },
  });
  Object.setPrototypeOf(wrapper, ancestor as object);
  if (shared) shareMetadata(wrapper, face);
  return wrapper;
}

// Both ask for the scope right here: one more function between costs more than the whole call when there is no client.
function notConstructible(woven: Woven, watched: Watched): Method {
  const { original } = woven;
  const holder = {
    method(this: unknown, ...args: unknown[]): unknown {
      const scope = scopeFor(this);
      if (scope === undefined && !woven.named) return Reflect.apply(original, this, args);
      return watched(woven, scope, this, args);
    },
  };
  return holder.method;
}

function constructible(woven: Woven, watched: Watched): Method {
  const { original } = woven;
  function method(this: unknown, ...args: unknown[]): unknown {
    if (new.target !== undefined) {
      const target: unknown = new.target === (method as unknown) ? original : new.target;
      return Reflect.construct(original as unknown as Constructible, args, target as Constructible);
    }
    const scope = scopeFor(this);
    if (scope === undefined && !woven.named) return Reflect.apply(original, this, args);
    return watched(woven, scope, this, args);
  }
  return method;
}

function isConstructible(fn: Method): boolean {
  return Object.hasOwn(fn, 'prototype') && !types.isGeneratorFunction(fn);
}

function copyOwnProperties(original: Method, wrapper: Method): void {
  for (const key of ['name', 'length', 'prototype']) {
    const descriptor = Object.getOwnPropertyDescriptor(original, key);
    if (descriptor !== undefined) Object.defineProperty(wrapper, key, descriptor);
  }
  const source = original as unknown as Record<string | symbol, unknown>;
  for (const key of Reflect.ownKeys(original)) {
    if (ENGINE_KEYS.has(key)) continue;
    const enumerable = Object.prototype.propertyIsEnumerable.call(original, key);
    Object.defineProperty(wrapper, key, {
      get: () => source[key],
      set: (value: unknown) => {
        source[key] = value;
      },
      enumerable,
      configurable: true,
    });
  }
}
