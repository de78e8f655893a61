import 'reflect-metadata';
import { shared } from '../../shared.js';
import type { Advice, Method, WeaveKind } from './advice.js';

/** Where a decorator stands. One site a woven method; names are resolved when first needed. */
export class Site {
  readonly methodName: string;
  #lastClass: unknown;
  #lastLayer = '';

  /** @param owner - the prototype or class the method was declared on; unknown in the standard dialect */
  constructor(
    readonly key: string | symbol,
    readonly isStatic = false,
    readonly owner?: object,
  ) {
    this.methodName = typeof key === 'symbol' ? `[${key.description ?? 'symbol'}]` : key;
  }

  /** The class that declares the method: an override that calls `super` is another method. */
  className(instance: unknown): string {
    const declaring = classOf(this.owner ?? holderOf(this, instance) ?? instance);
    return typeof declaring?.name === 'string' ? declaring.name : '';
  }

  /** `Class_method`, the default key and name. No dot: a server's overview could not show it (docs/protocol.md §17.5). */
  defaultKey(instance: unknown): string {
    return this.layer(instance).replace('.', '_');
  }

  /** `Class.method`: the name of a layer that an error crosses. */
  layer(instance: unknown): string {
    const declaring = classOf(instance);
    if (declaring !== undefined && declaring === this.#lastClass) return this.#lastLayer;
    const name = this.className(instance);
    const layer = name === '' ? this.methodName : `${name}.${this.methodName}`;
    this.#lastClass = declaring;
    this.#lastLayer = layer;
    return layer;
  }
}

/** The prototype or class that has the method of this site for its own. */
function holderOf(site: Site, instance: unknown): object | undefined {
  try {
    for (let holder = Object(instance) as object | null; holder !== null; holder = Object.getPrototypeOf(holder)) {
      if (wovenOf(Object.getOwnPropertyDescriptor(holder, site.key)?.value)?.site === site) return holder;
    }
  } catch {
    // A proxy that does not let itself be looked at.
  }
  return undefined;
}

function classOf(instance: unknown): { readonly name: unknown } | undefined {
  if (typeof instance === 'function') return instance;
  if (typeof instance !== 'object' || instance === null) return undefined;
  try {
    const candidate: unknown = instance.constructor;
    return typeof candidate === 'function' && candidate !== Object ? candidate : undefined;
  } catch {
    return undefined;
  }
}

/** What a decorator puts on a method, once it knows where it stands. */
export interface Weaving {
  /** For messages: `@TrackEvent`. */
  readonly decorator: string;
  readonly key?: string | undefined;
  readonly options: object;
  readonly advice: (site: Site) => Advice;
}

/** What one decorator on one method says of itself. */
export interface WeaveRecord {
  /** Which decorator it is. */
  readonly kind: WeaveKind;
  /** The key or name given to the decorator; `undefined` when `Class_method` is used. */
  readonly key: string | undefined;
  /** The options as they were given. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The method it stands on. */
  readonly methodName: string;
  /** Whether that is a static method. */
  readonly isStatic: boolean;
}

/** Everything that stands on one wrapper. */
export interface Woven {
  /** What the wrapper calls. The transparency kit looks over its shoulder for the length of one call. */
  original: Method;
  /** What the wrapper looks like: the original, or the inherited method that a subclass takes over. */
  readonly face: Method;
  readonly site: Site;
  readonly advices: Advice[];
  /** Those of a function that the wrapper calls come first. */
  readonly records: WeaveRecord[];
  /** The decorator of each record, for people: `@TrackEvent`. */
  readonly decorators: string[];
  /** See `recordingOf`; forgotten when another advice comes. */
  recording: Method | undefined;
  /** The same while somebody listens to calls. */
  observed?: Method | undefined;
  /** How many calls have ended with the method itself; -1 once one went on. Counted as far as it matters. */
  endedAtOnce: number;
}

// Shared by all installed copies, so that the decorators of two copies still make one wrapper.
export const wovenBy = shared('woven.5', () => new WeakMap<object, Woven>());

/** What stands on this function, when it is one of our wrappers. */
export function wovenOf(fn: unknown): Woven | undefined {
  return typeof fn === 'function' ? wovenBy.get(fn) : undefined;
}

/** What is told of decorators that were just applied. */
export interface Applied {
  /** What now stands in place of the method. */
  readonly wrapper: Method;
  readonly site: Site;
  readonly weavings: readonly (Weaving & { readonly kind: WeaveKind })[];
}

/**
 * Set while a tracking plan is read: told of every decorator where it is applied, so that the call stack says in which file
 * it stands. Shared by all installed copies, for the command has one of its own.
 */
export const weaveWitness = shared('weave-witness.1', () => ({
  applied: undefined as ((applied: Applied) => void) | undefined,
}));

/** reflect-metadata key of the records on a woven method; a `Symbol.for` key, so that every copy reads it. */
export const WEAVE_METADATA = Symbol.for('countly-weave.weave.2');

/** A woven method of a class. */
export interface WovenMethod {
  /** Name of the class that was asked about. */
  readonly className: string;
  /** Its name as a text. */
  readonly methodName: string;
  /** Its name, or its symbol. */
  readonly key: string | symbol;
  /** Whether it is a static method. */
  readonly isStatic: boolean;
  /** Its decorators. */
  readonly records: readonly WeaveRecord[];
}

/** What our decorators on this function say of themselves; empty for a function without any. */
export function weaveMetadataOf(fn: unknown): WeaveRecord[] {
  if (typeof fn !== 'function') return [];
  return [...((Reflect.getMetadata(WEAVE_METADATA, fn) as WeaveRecord[] | undefined) ?? [])];
}

/**
 * The woven methods of a class, inherited and static ones included. Reads descriptors only: no getter runs.
 *
 * @example
 * ```ts
 * import { TrackEvent, wovenMethods } from 'countly-weave';
 *
 * class Cart {
 *   @TrackEvent('item_added')
 *   add(): void {}
 * }
 * console.log(wovenMethods(Cart).map((method) => method.records[0]?.key)); // [ 'item_added' ]
 * ```
 */
export function wovenMethods(target: abstract new (...args: never[]) => unknown): WovenMethod[] {
  return [target.prototype as object, target].flatMap((holder) =>
    [...membersOf(holder)].flatMap(([key, { value }]) => {
      const records = weaveMetadataOf(value);
      const first = records[0];
      if (first === undefined) return [];
      return { className: target.name, methodName: first.methodName, key, isStatic: holder === target, records };
    }),
  );
}

/** What a prototype or class has and inherits, nearest first, each name once; nothing of its `isEnd` and above. */
export function membersOf(
  holder: object,
  isEnd = (level: object) => level === Object.prototype || level === Function.prototype,
): Map<string | symbol, PropertyDescriptor & { readonly isInherited: boolean }> {
  const found = new Map<string | symbol, PropertyDescriptor & { readonly isInherited: boolean }>();
  for (let level: object | null = holder; level !== null; level = Object.getPrototypeOf(level) as object | null) {
    if (level !== holder && isEnd(level)) break;
    for (const key of Reflect.ownKeys(level)) {
      const descriptor = Object.getOwnPropertyDescriptor(level, key);
      if (descriptor === undefined || found.has(key) || key === 'constructor') continue;
      found.set(key, { ...descriptor, isInherited: level !== holder });
    }
  }
  return found;
}
