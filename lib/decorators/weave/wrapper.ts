import 'reflect-metadata';
import { types } from 'node:util';
import { nobodyRecords } from '../../scope/current.js';
import type { Method } from './advice.js';
import { rememberWoven } from './inspected-weaving.js';
import { recordingOf } from './run.js';
import {
  type Site,
  WEAVE_METADATA,
  type WeaveRecord,
  type Weaving,
  type Woven,
  weaveMetadataOf,
  weaveWitness,
  wovenBy,
  wovenOf,
} from './woven.js';

type Constructible = new (...args: unknown[]) => object;

/**
 * Gives the function to use in place of `fn`; one that is woven already keeps its wrapper, which the advices join. With a
 * `callee` it gets one of its own that calls this: a subclass must share neither wrapper nor metadata with its parent.
 *
 * The wrapper is a function and no `Proxy`, whose call costs 20 to 45 ns in V8.
 */
export function weaveInto(fn: Method, site: Site, weavings: readonly Weaving[], callee?: Method): Method {
  if (weavings.length === 0) return fn;
  const isShared = callee === undefined;
  const present = isShared ? wovenOf(fn) : undefined;
  const original = callee ?? fn;
  const records = weaveMetadataOf(fn);
  const made = { recording: undefined, observed: undefined, endedAtOnce: 0 };
  const decorators = records.map(({ kind }): string => kind);
  const fresh: Woven = { original, face: fn, site, advices: [], records, decorators, ...made };
  const woven = present ?? fresh;
  const { methodName, isStatic } = site;
  for (const { decorator, key, options, advice } of weavings) {
    woven.decorators.push(decorator);
    const made = advice(site);
    woven.advices.push(made);
    woven.records.push({ kind: made.kind, key, options: options as WeaveRecord['options'], methodName, isStatic });
  }
  woven.recording = undefined;
  woven.observed = undefined;
  const wrapper = present === undefined ? wrapperOf(fn, woven, isShared) : fn;
  rememberWoven(woven, present === undefined, site);
  if (weaveWitness.applied !== undefined) {
    const fresh = woven.advices.slice(-weavings.length);
    weaveWitness.applied({
      wrapper,
      site,
      weavings: weavings.map((one, i) => ({ ...one, kind: fresh[i]?.kind ?? 'custom' })),
    });
  }
  return wrapper;
}

function wrapperOf(fn: Method, woven: Woven, isShared: boolean): Method {
  const isConstructible = Object.hasOwn(fn, 'prototype') && !types.isGeneratorFunction(fn);
  const wrapper = isConstructible ? constructible(woven) : notConstructible(woven);
  shareProperties(fn, wrapper, isShared);
  if (isShared) shareMetadata(wrapper, fn);
  wovenBy.set(wrapper, woven);
  Reflect.defineMetadata(WEAVE_METADATA, woven.records, wrapper);
  return wrapper;
}

// Both end in one call that uses the arguments once; see `recordingOf`.
function notConstructible(woven: Woven): Method {
  const holder = {
    method(this: unknown, ...args: unknown[]): unknown {
      return Reflect.apply(nobodyRecords() ? woven.original : recordingOf(woven), this, args);
    },
  };
  return holder.method;
}

function constructible(woven: Woven): Method {
  function method(this: unknown, ...args: unknown[]): unknown {
    if (new.target !== undefined) {
      const original = woven.original as unknown as Constructible;
      return Reflect.construct(original, args, new.target === (method as unknown) ? original : new.target);
    }
    return Reflect.apply(nobodyRecords() ? woven.original : recordingOf(woven), this, args);
  }
  return method;
}

/** Own properties that every function gets from the engine. */
const ENGINE_KEYS: ReadonlySet<string | symbol> = new Set(['length', 'name', 'prototype', 'arguments', 'caller']);

/**
 * Makes the two look like one function, also when a property is set later (without `both`, on the original only). What the
 * wrapper has not is found by prototypes: a shield → a Proxy of the original for assignments. No call goes through that.
 */
function shareProperties(face: Method, wrapper: Method, both: boolean): void {
  for (const key of ['name', 'length', 'prototype']) {
    const descriptor = Object.getOwnPropertyDescriptor(face, key);
    if (descriptor !== undefined) Object.defineProperty(wrapper, key, descriptor);
  }
  for (const key of Reflect.ownKeys(face)) if (!ENGINE_KEYS.has(key)) shareProperty(face, wrapper, key, both);
  const shield = Object.create(both ? assignable(face, wrapper) : face) as object;
  // Whoever stands above calls us with these; they shall not be looked up behind a Proxy.
  for (const key of ['call', 'apply', 'bind'] as const) define(shield, key, face[key]);
  define(shield, 'toString', () => face.toString());
  Object.setPrototypeOf(wrapper, shield);
}

/** As an accessor: what mocks a class by itself (Jest) takes values it finds on the way up for members of the method. */
function define(holder: object, key: string, value: unknown): void {
  const set = function (this: object, own: unknown): void {
    Object.defineProperty(this, key, { value: own, writable: true, enumerable: true, configurable: true });
  };
  Object.defineProperty(holder, key, { get: () => value, set, configurable: true });
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

function shareProperty(face: Method, wrapper: Method, key: string | symbol, both: boolean): void {
  const source = face as unknown as Record<string | symbol, unknown>;
  const enumerable = Object.prototype.propertyIsEnumerable.call(face, key);
  const set = (value: unknown): void => {
    if (both) source[key] = value;
    else Object.defineProperty(wrapper, key, { value, writable: true, enumerable, configurable: true });
  };
  Object.defineProperty(wrapper, key, { get: () => source[key], set, enumerable, configurable: true });
}

/** What reflect-metadata 0.2 asks of a provider; its types do not export it. A property is undefined for a target itself. */
interface MetadataProvider {
  isProviderFor(): boolean;
  OrdinaryDefineOwnMetadata(key: unknown, value: unknown, target: object, property: string): void;
  OrdinaryHasOwnMetadata(key: unknown, target: object, property: string): boolean;
  OrdinaryGetOwnMetadata(key: unknown, target: object, property: string): unknown;
  OrdinaryOwnMetadataKeys(target: object, property: string): unknown[];
  OrdinaryDeleteMetadata(key: unknown, target: object, property: string): boolean;
}

interface MetadataRegistry {
  registerProvider(provider: MetadataProvider): void;
  setProvider(target: object, property: undefined, provider: MetadataProvider): boolean;
}

const registry = (Reflect as unknown as Record<symbol, MetadataRegistry | undefined>)[
  Symbol.for('@reflect-metadata:registry')
];
const originals = new WeakMap<object, object>();
const originalOf = (target: object): object => originals.get(target) ?? target;

const sharing: MetadataProvider = {
  // Wrappers are assigned one by one with setProvider; answering yes here would make the registry of 0.2.2 return its
  // first provider instead of this one.
  isProviderFor: () => false,
  OrdinaryDefineOwnMetadata: (key, value, target, of) => Reflect.defineMetadata(key, value, originalOf(target), of),
  OrdinaryHasOwnMetadata: (key, target, of) => Reflect.hasOwnMetadata(key, originalOf(target), of),
  OrdinaryGetOwnMetadata: (key, target, of) => Reflect.getOwnMetadata(key, originalOf(target), of) as unknown,
  OrdinaryOwnMetadataKeys: (target, of) => Reflect.getOwnMetadataKeys(originalOf(target), of) as unknown[],
  OrdinaryDeleteMetadata: (key, target, of) => Reflect.deleteMetadata(key, originalOf(target), of),
};
registry?.registerProvider(sharing);

/** One object for reflect-metadata; a copy would not do: a guard that misses what is written later lets requests pass. */
function shareMetadata(wrapper: object, original: object): void {
  originals.set(wrapper, original);
  if (registry?.setProvider(wrapper, undefined, sharing) === true) return;
  for (const key of Reflect.getOwnMetadataKeys(original) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), wrapper);
  }
}
