import 'reflect-metadata';
import type { WeaveKind } from './weave/advice.js';

/** reflect-metadata key of the records on a woven method; a `Symbol.for` key, so that every copy reads it. */
export const WEAVE_METADATA: unique symbol = Symbol.for('countly-weave.weave') as never;

/** What one decorator on one method says of itself. */
export interface WeaveRecord {
  readonly kind: WeaveKind;
  /** The key or name given to the decorator; `undefined` when `Class.method` is used. */
  readonly key: string | undefined;
  /** The options as they were given. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly methodName: string;
  readonly isStatic: boolean;
}

/** A woven method of a class. */
export interface WovenMethod {
  /** Name of the class that was asked about. */
  readonly className: string;
  readonly methodName: string;
  readonly key: string | symbol;
  readonly isStatic: boolean;
  readonly records: readonly WeaveRecord[];
}

interface Published {
  readonly own: readonly WeaveRecord[];
  readonly below: readonly WeaveRecord[];
}

/** @internal `own` may still grow; `below` is what stands on the function that this wrapper calls. */
export function publishRecords(wrapper: object, own: readonly WeaveRecord[], below: readonly WeaveRecord[]): void {
  Reflect.defineMetadata(WEAVE_METADATA, { own, below } satisfies Published, wrapper);
}

/** What our decorators on this function say of themselves; empty for a function without any. */
export function weaveMetadataOf(fn: unknown): readonly WeaveRecord[] {
  if (typeof fn !== 'function') return [];
  const published = Reflect.getMetadata(WEAVE_METADATA, fn) as Published | undefined;
  return published === undefined ? [] : [...published.below, ...published.own];
}

/**
 * The woven methods of a class, inherited and static ones included. Reads descriptors only: no getter runs.
 *
 * @example
 * ```ts
 * import { TrackEvent, wovenMethods } from 'countly-weave';
 *
 * class Cart {
 *   \@TrackEvent('item_added')
 *   add(): void {}
 * }
 * console.log(wovenMethods(Cart).map((method) => method.records[0]?.key)); // [ 'item_added' ]
 * ```
 */
export function wovenMethods(target: abstract new (...args: never[]) => unknown): WovenMethod[] {
  const found = new Map<string | symbol, WovenMethod>();
  const statics = new Map<string | symbol, WovenMethod>();
  collect(target.prototype as object | null, target.name, false, found);
  collect(target, target.name, true, statics);
  return [...found.values(), ...statics.values()];
}

function collect(
  start: object | null,
  className: string,
  isStatic: boolean,
  into: Map<string | symbol, WovenMethod>,
): void {
  const seen = new Set<string | symbol>();
  let level = start;
  while (level !== null && level !== Object.prototype && level !== Function.prototype) {
    for (const key of Reflect.ownKeys(level)) {
      if (seen.has(key)) continue;
      seen.add(key);
      const value: unknown = Object.getOwnPropertyDescriptor(level, key)?.value;
      const records = key === 'constructor' ? [] : weaveMetadataOf(value);
      const first = records[0];
      if (first !== undefined) into.set(key, { className, methodName: first.methodName, key, isStatic, records });
    }
    level = Object.getPrototypeOf(level) as object | null;
  }
}
