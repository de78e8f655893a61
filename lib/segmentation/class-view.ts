import { ownWord } from '../check.js';
import {
  type Constructor,
  classOf,
  declaredClass,
  firstItems,
  isOpaque,
  LEAVING,
  MAX_DEPTH,
  rulesOf,
  type Tell,
} from './class-rules.js';
import { classTransformer } from './class-transformer.js';

/** Begins the keys of an object that was mapped apart from the one it lies in; no rule of that one fits them. */
export const APART = '\u0001';

const MAX_CULPRITS = 20;

/** What class-transformer leaves of an object, and under which names. A `@Transform` that throws costs its own key. */
export function mapByClass(object: object, type: Constructor, path: readonly object[], tell: Tell): object {
  const excludePrefixes: string[] = [];
  const asked = new Set<string>();
  for (;;) {
    try {
      const view = viewOf(object, type, path, { tell, asked });
      return classTransformer()?.instanceToPlain(view, { ...LEAVING, excludePrefixes }) ?? {};
    } catch (error) {
      // Which one threw is not said; it was the last that was asked for.
      const suspect = [...asked].findLast((key) => !excludePrefixes.includes(key));
      const culprit = excludePrefixes.length < MAX_CULPRITS ? suspect : undefined;
      const left = culprit === undefined ? 'all of it' : `\`${culprit}\``;
      const said = error instanceof Error ? error.message : String(error);
      tell(
        `mapping ${type.name}`,
        `class-transformer could not map ${type.name}: ${said}. What is left out is ${left}.`,
      );
      if (culprit === undefined) return {};
      excludePrefixes.push(culprit);
    }
  }
}

interface ViewContext {
  readonly tell: Tell;
  /** Keys that class-transformer has asked for. */
  readonly asked: Set<string>;
}

/** An object as class-transformer gets to see it: of this class, read-only (it notes discriminators), and so all inside. */
function viewOf(object: object, type: Constructor, path: readonly object[], context: ViewContext): object {
  const { tell, asked } = context;
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
      const call = (args: unknown[]): unknown => withoutFailure(() => Reflect.apply(value, object, args));
      return (...args: unknown[]) => seen(call(args), key);
    }
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    if (inside.includes(value) || inside.length >= MAX_DEPTH) return undefined;
    if (Array.isArray(value) || value instanceof Set) {
      const shown = firstItems(value as Iterable<unknown>).map((item) =>
        Array.isArray(item) ? undefined : seen(item, key),
      );
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
    if (own === Object) return viewOf(value, declared, inside, context);
    const view = viewOf(value, own, inside, context);
    // class-transformer would apply the rules of the class that is declared, and none of the subclass.
    return declared === Object || declared === own
      ? view
      : mappedApart(own, view, mapByClass(value, own, inside, tell));
  }

  function hidden(value: object, key: PropertyKey, why: string): undefined {
    tell(
      `nested ${type.name}`,
      `\`${String(key)}\` of ${type.name} is left out. It is of class ${classOf(value).name}; ${why}.`,
    );
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
  return withoutFailure(() =>
    key in object ? Reflect.get(object, key) : Reflect.get(type.prototype as object, key, object),
  );
}

function withoutFailure(work: () => unknown): unknown {
  try {
    return work();
  } catch {
    return undefined;
  }
}
