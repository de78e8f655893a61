import { types } from 'node:util';
import type { ClassTransformOptions } from 'class-transformer';
import { attempted, isOpaque, isPlain, ownWord, thrownName } from '../check.js';
import { classTransformer } from './class-transformer.js';

export type Constructor = abstract new (...args: never[]) => object;

/** Says something about a value once; the first text tells one kind of problem from another. */
export type Tell = (problem: string, message: string) => void;

/** Deeper objects are left out: a segmentation is flat, and a deep one was not meant to be one. */
export const MAX_DEPTH = 5;
const MAX_ITEMS = 100;
const MAX_CULPRITS = 20;
/** Begins the keys of an object that was mapped apart from the one it lies in; no rule of that one fits them. */
export const APART = '\u0001';

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
const LEAVING: ClassTransformOptions = { groups: ['countly'], enableCircularCheck: true, exposeUnsetFields: false };
const NONE: ClassRules = { api: undefined, any: false, onlyExposed: false, altered: new Map() };
const UNUSUAL_KEY = '\u0000';
const known = new WeakMap<object, ClassRules>();

/** The class of an object; `Object` for literals and what has no class. */
export function classOf(object: object): Constructor {
  const type: unknown = isPlain(object) ? Object : object.constructor;
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
function declaredClass(type: Constructor, key: PropertyKey, value: object): Constructor | undefined {
  if (type === Object || typeof key === 'symbol') return Object;
  return attempted(() => {
    // A copy, for class-transformer deletes discriminators from what it is given; and those are all that decides.
    const scalars = Object.entries(value).filter(([, item]) => typeof item !== 'object' && typeof item !== 'function');
    const made = instantiated(type, { [key]: Object.fromEntries(scalars) })[key];
    return typeof made === 'object' && made !== null ? classOf(made) : Object;
  });
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

/** As much of a list as is looked at. */
export function firstItems(list: Iterable<unknown>): unknown[] {
  const items: unknown[] = [];
  for (const item of list) {
    if (items.push(item) >= MAX_ITEMS) break;
  }
  return items;
}

/** What class-transformer leaves of an object, and under which names. A `@Transform` that throws costs its own key. */
export function mapByClass(object: object, type: Constructor, path: readonly object[], tell: Tell): object {
  const { name } = type;
  const excludePrefixes: string[] = [];
  const asked = new Set<string>();
  for (;;) {
    try {
      const view = viewOf(object, type, path, tell, asked);
      return classTransformer()?.instanceToPlain(view, { ...LEAVING, excludePrefixes }) ?? {};
    } catch (error) {
      // Which one threw is not said; it was the last that was asked for.
      const suspect = [...asked].findLast((key) => !excludePrefixes.includes(key));
      const culprit = excludePrefixes.length < MAX_CULPRITS ? suspect : undefined;
      const left = culprit === undefined ? 'all of it' : `\`${culprit}\``;
      // Its name only: what a rule of the application throws may quote the value that was to stay here.
      tell(
        `mapping ${name}`,
        `class-transformer could not map ${name} (${thrownName(error)}). What is left out is ${left}.`,
      );
      if (culprit === undefined) return {};
      excludePrefixes.push(culprit);
    }
  }
}

/** An object as class-transformer gets to see it: of this class, read-only (it notes discriminators), and so all inside. */
function viewOf(
  object: object,
  type: Constructor,
  path: readonly object[],
  tell: Tell,
  /** Takes the keys that class-transformer asks for. */
  asked: Set<string>,
): object {
  const inside = [...path, object];
  const read = new Map<PropertyKey, unknown>();
  const get = (key: PropertyKey): unknown => {
    if (key === 'constructor') return type;
    if (typeof key === 'string') asked.add(key);
    if (!read.has(key)) read.set(key, seen(valueAt(object, type, key), key));
    return read.get(key);
  };

  function seen(value: unknown, key: PropertyKey): unknown {
    if (typeof value === 'function') {
      const call = (args: unknown[]): unknown => attempted(() => Reflect.apply(value, object, args));
      return (...args: unknown[]) => seen(call(args), key);
    }
    if (typeof value !== 'object' || value === null) return value;
    // class-transformer knows those of this realm.
    if (types.isDate(value)) return new Date(value.getTime());
    if (inside.includes(value) || inside.length >= MAX_DEPTH) return undefined;
    if (Array.isArray(value) || types.isSet(value)) {
      const show = (item: unknown): unknown => (Array.isArray(item) ? undefined : seen(item, key));
      const shown = firstItems(value as Iterable<unknown>).map(show);
      return Array.isArray(value) ? shown : new Set(shown);
    }
    return isOpaque(value) ? hidden(value, key, 'Countly cannot break that down') : nested(value, key);
  }

  function nested(value: object, key: PropertyKey): unknown {
    const own = classOf(value);
    const declared = declaredClass(type, key, value);
    const isDeclared = declared !== undefined && declared !== Object && value instanceof declared;
    if (own !== Object && !rulesOf(own).any && !isDeclared) {
      const word = ownWord(value);
      const isInstance = typeof word === 'object' && word !== null && !Array.isArray(word) && classOf(word) !== Object;
      return isInstance ? hidden(value, key, 'nothing says what of it may leave') : seen(word, key);
    }
    if (declared === undefined) return hidden(value, key, 'the class that @Type names could not be made');
    if (own === Object) return viewOf(value, declared, inside, tell, asked);
    const view = viewOf(value, own, inside, tell, asked);
    if (declared === Object || declared === own) return view;
    // class-transformer would apply the rules of the class that is declared, and none of the subclass.
    return mappedApart(own, view, mapByClass(value, own, inside, tell));
  }

  function hidden(value: object, key: PropertyKey, why: string): undefined {
    const what = `\`${String(key)}\` of ${type.name}`;
    tell(`nested ${type.name}`, `${what} is left out. It is of class ${classOf(value).name}; ${why}.`);
  }

  const isMember = (key: string): boolean => typeof Object.getOwnPropertyDescriptor(object, key)?.value !== 'function';
  return readOnly(type, rulesOf(type).onlyExposed ? [] : Object.keys(object).filter(isMember), get);
}

function mappedApart(type: Constructor, view: object, mapped: object): object {
  const entries = Object.fromEntries(Object.entries(mapped).map(([key, item]) => [APART + key, item]));
  return readOnly(type, Object.keys(entries), (key) => Reflect.get(Object.hasOwn(entries, key) ? entries : view, key));
}

function readOnly(type: Constructor, keys: readonly string[], get: (key: PropertyKey) => unknown): object {
  return new Proxy(Object.create(type.prototype as object | null) as object, {
    get: (_, key) => get(key),
    set: () => true,
    defineProperty: () => true,
    deleteProperty: () => true,
    ownKeys: () => [...keys],
    getOwnPropertyDescriptor: (_, key) =>
      keys.includes(key as string)
        ? { value: get(key), enumerable: true, configurable: true, writable: true }
        : undefined,
  });
}

/** A plain object answers as an instance of its class would. */
function valueAt(object: object, type: Constructor, key: PropertyKey): unknown {
  return attempted(() =>
    key in object ? Reflect.get(object, key) : Reflect.get(type.prototype as object, key, object),
  );
}
