import type { Method } from './advice.js';

/** Own properties that every function gets from the engine. */
const ENGINE_KEYS: ReadonlySet<string | symbol> = new Set(['length', 'name', 'prototype', 'arguments', 'caller']);
const INVOKING = ['call', 'apply', 'bind'] as const;

/**
 * Makes wrapper and original look like one function, whichever of the two somebody holds: name, length, source text, the
 * properties that the original has, and those that are set on either side later.
 *
 * Everything else is found through the prototype chain: wrapper → a shield → a Proxy of the original that takes
 * assignments → the original. No call goes through that Proxy, only the lookup of a property that the wrapper has not.
 *
 * @param both - what is set on the wrapper is set on the original too; without, the original is only read
 */
export function shareProperties(face: Method, wrapper: Method, both: boolean): void {
  for (const key of ['name', 'length', 'prototype']) {
    const descriptor = Object.getOwnPropertyDescriptor(face, key);
    if (descriptor !== undefined) Object.defineProperty(wrapper, key, descriptor);
  }
  for (const key of Reflect.ownKeys(face)) if (!ENGINE_KEYS.has(key)) shareProperty(face, wrapper, key, both);
  Object.setPrototypeOf(wrapper, shieldOf(face, both ? assignable(face, wrapper) : face));
}

function assignable(face: Method, wrapper: Method): object {
  return new Proxy(face, {
    set(target, key, value: unknown, receiver) {
      if (receiver !== wrapper) return Reflect.set(target, key, value, receiver);
      if (!Reflect.set(target, key, value)) return false;
      shareProperty(target, wrapper, key, true);
      return true;
    },
  });
}

function shieldOf(face: Method, parent: object): object {
  return Object.create(parent, {
    toString: { value: () => face.toString(), writable: true, configurable: true },
    // Whoever stands above calls us with these; they shall not be looked up behind a Proxy.
    ...Object.fromEntries(INVOKING.map((key) => [key, { value: face[key], writable: true, configurable: true }])),
  }) as object;
}

function shareProperty(face: Method, wrapper: Method, key: string | symbol, both: boolean): void {
  const source = face as unknown as Record<string | symbol, unknown>;
  const enumerable = Object.prototype.propertyIsEnumerable.call(face, key);
  const set = (value: unknown): void => {
    if (both) source[key] = value;
    else Object.defineProperty(wrapper, key, { value, writable: true, enumerable, configurable: true });
  };
  Object.defineProperty(wrapper, key, { get: () => source[key], set, enumerable, configurable: true });
}
