import { EventEmitter } from 'node:events';
import { Duplex, PassThrough, Readable, Stream, Transform, Writable } from 'node:stream';

/** A method found on an object or its parents. */
export interface FoundMethod {
  readonly key: string | symbol;
  readonly descriptor: PropertyDescriptor;
  /** It was found on a parent, not on the object itself. */
  readonly isInherited: boolean;
}

const NODE_CLASSES = [EventEmitter, Stream, Readable, Writable, Duplex, Transform, PassThrough];
const FOREIGN = new Set<unknown>(NODE_CLASSES.flatMap((base) => [base, base.prototype as unknown]));
const WELL_KNOWN = new Set<string | symbol>(
  Object.getOwnPropertyNames(Symbol)
    .map((name) => (Symbol as unknown as Record<string, unknown>)[name])
    .filter((value) => typeof value === 'symbol'),
);

/**
 * The methods of a prototype or class, nearest first, each name once. Ends at the first parent that belongs to the
 * language or to Node.js: a class that extends `EventEmitter` wants its own methods watched, not `emit`. Accessors,
 * nested classes, the constructor and the engine's own protocols (`Symbol.iterator` and the like) are no methods here.
 */
export function methodsOf(holder: object, withParents: boolean): FoundMethod[] {
  const found: FoundMethod[] = [];
  const seen = new Set<string | symbol>(['constructor', 'prototype', 'length', 'name', 'caller', 'arguments']);
  let level: object | null = holder;
  while (level !== null && (level === holder || (withParents && !isForeign(level)))) {
    for (const key of Reflect.ownKeys(level)) {
      if (seen.has(key)) continue;
      seen.add(key);
      const descriptor = Object.getOwnPropertyDescriptor(level, key);
      if (descriptor === undefined || WELL_KNOWN.has(key) || !isMethod(descriptor)) continue;
      found.push({ key, descriptor, isInherited: level !== holder });
    }
    level = Object.getPrototypeOf(level) as object | null;
  }
  return found;
}

function isMethod({ value, configurable }: PropertyDescriptor): boolean {
  return typeof value === 'function' && configurable === true && !sourceOf(value).startsWith('class');
}

function isForeign(level: object): boolean {
  if (level === Function.prototype || level === Object.prototype || FOREIGN.has(level)) return true;
  const owner: unknown = typeof level === 'function' ? level : level.constructor;
  return typeof owner === 'function' && sourceOf(owner).includes('[native code]');
}

function sourceOf(fn: object): string {
  return Function.prototype.toString.call(fn);
}
