import type { ClassTransformOptions } from 'class-transformer';
import { classTransformer } from './class-transformer.js';

export type Constructor = abstract new (...args: never[]) => object;

/** Says something about a value once; the first text tells one kind of problem from another. */
export type Tell = (problem: string, message: string) => void;

/** Deeper objects are left out: a segmentation is flat, and a deep one was not meant to be one. */
export const MAX_DEPTH = 5;
const MAX_ITEMS = 100;

/** What the public API tells of a class whose rules class-transformer keeps to itself. */
interface ClassRules {
  readonly api: unknown;
  /** `@Expose` or `@Exclude` stands on it, its parents or their members. */
  readonly any: boolean;
  /** Only what is exposed leaves; otherwise everything own that is not excluded. */
  readonly onlyExposed: boolean;
  /** Keys that were looked at, and whether `@Type` or `@Transform` stands on them. */
  readonly altered: Map<string, boolean>;
}

/** How segmentations are mapped. */
export const LEAVING: ClassTransformOptions = {
  groups: ['countly'],
  enableCircularCheck: true,
  exposeUnsetFields: false,
};
const NONE: ClassRules = { api: undefined, any: false, onlyExposed: false, altered: new Map() };
const UNUSUAL_KEY = '\u0000';
const known = new WeakMap<object, ClassRules>();

/** The class of an object; `Object` for literals and what has no class. */
export function classOf(object: object): Constructor {
  const prototype: unknown = Object.getPrototypeOf(object);
  const type: unknown = prototype === null ? Object : object.constructor;
  return typeof type === 'function' ? (type as Constructor) : Object;
}

/** The `@Expose` and `@Exclude` rules of a class, asked for once. */
export function rulesOf(type: Constructor): ClassRules {
  const api = type === Object ? undefined : classTransformer();
  if (api === undefined) return NONE;
  const present = known.get(type);
  if (present?.api === api) return present;
  const named = countKeys(type, {}, { ignoreDecorators: true, excludeExtraneousValues: true });
  const exposed = countKeys(type, {}, { strategy: 'excludeAll' });
  const exposesAll = countKeys(type, { [UNUSUAL_KEY]: 1 }, { strategy: 'excludeAll' }) > exposed;
  const excludesAll = countKeys(type, { [UNUSUAL_KEY]: 1 }, {}) === exposed;
  const any = named > 0 || exposesAll || excludesAll;
  const rules = { api, any, onlyExposed: exposed > 0 && !exposesAll, altered: new Map<string, boolean>() };
  known.set(type, rules);
  return rules;
}

/** Whether any decorator of class-transformer says something about this class, or about what an object of it holds. */
export function isRuled(type: Constructor, object: object): boolean {
  const { any, altered } = rulesOf(type);
  if (any) return true;
  for (const key of Object.keys(object)) {
    if (altered.size > 200) break;
    if (!altered.has(key)) altered.set(key, isAltered(type, key));
  }
  return [...altered.values()].includes(true);
}

/** The class that `@Type` names for what stands under this key, else `Object`; undefined when it cannot be told. */
export function declaredClass(type: Constructor, key: PropertyKey, value: object): Constructor | undefined {
  if (type === Object || typeof key === 'symbol') return Object;
  try {
    // A copy, for class-transformer deletes discriminators from what it is given; and those are all that decides.
    const scalars = Object.entries(value).filter(([, item]) => typeof item !== 'object' && typeof item !== 'function');
    const made = instantiated(type, { [key]: Object.fromEntries(scalars) })[key];
    return typeof made === 'object' && made !== null ? classOf(made) : Object;
  } catch {
    return undefined;
  }
}

/** How many members class-transformer would take, in whatever group. Reads none and runs no `@Transform`. */
function countKeys(type: Constructor, members: object, options: ClassTransformOptions): number {
  let count = 0;
  const excludePrefixes = Object.assign([''], {
    every: () => {
      count++;
      return false;
    },
  });
  const groups = Object.assign(['any'], { some: () => true });
  const probe = Object.assign(Object.create({ constructor: type }), members) as object;
  classTransformer()?.instanceToPlain(probe, { ...options, groups, excludePrefixes });
  return count;
}

/** `@Type` and `@Transform` cannot be counted, but what they do to a value shows. */
function isAltered(type: Constructor, key: string): boolean {
  try {
    const token = Symbol();
    const probe = Object.assign(Object.create({ constructor: type }), { [key]: token }) as object;
    const plain = classTransformer()?.instanceToPlain(probe, LEAVING);
    if (plain === undefined) return false;
    if (plain[key] !== token) return true;
    const made = instantiated(type, { [key]: {} })[key];
    return made !== undefined && (typeof made !== 'object' || made === null || classOf(made) !== Object);
  } catch {
    return true;
  }
}

function instantiated(type: Constructor, members: object): Record<PropertyKey, unknown> {
  // A literal that names the class, so that its constructor does not run.
  const target = { constructor: type } as unknown as Record<PropertyKey, unknown>;
  return classTransformer()?.plainToClassFromExist(target, members, { ignoreDecorators: true }) ?? target;
}

const OPAQUE = [Map, Set, WeakMap, WeakSet, Promise, Date, ArrayBuffer];

/** Objects whose own properties say nothing about them. */
export function isOpaque(object: object): boolean {
  if (Object.getPrototypeOf(object) === Object.prototype) return false;
  return Array.isArray(object) || ArrayBuffer.isView(object) || OPAQUE.some((type) => object instanceof type);
}

/** As much of a list as is looked at. */
export function firstItems(list: Iterable<unknown>): unknown[] {
  const items: unknown[] = [];
  for (const item of list) {
    if (items.push(item) >= MAX_ITEMS) break;
  }
  return items;
}
