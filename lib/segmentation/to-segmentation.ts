import type { Segmentation, SegmentValue } from '../protocol/segmentation.js';
import { type ClassRules, classRules, GROUPS, TO_PLAIN } from './class-rules.js';

/** Deeper objects are left out: a segmentation is flat, and a deep one was not meant to be one. */
const MAX_DEPTH = 5;
/** More than any server keeps by default. */
const MAX_KEYS = 200;
const MAX_ITEMS = 100;

type Scalar = string | number | boolean;
type Constructor = abstract new (...args: never[]) => object;

/**
 * Turns an object into flat segmentation values. Never throws and never changes the object.
 *
 * - A class with class-transformer decorators decides for itself: once anything is marked `@Expose`, only what is
 *   exposed (without a group, or in the group `countly`) leaves; else everything own but what is marked `@Exclude`.
 *   `@Expose({ name })` renames and `@Transform` computes.
 * - Any other object gives its own enumerable values.
 * - Nested literals and mapped objects are flattened: `address: { city }` becomes `address_city`. Nested instances of
 *   classes without such decorators stay out: nobody said that they may leave.
 * - Dates become ISO text, bigints text; arrays keep their scalars; `undefined`, `null`, functions, symbols, cycles and
 *   getters that throw are left out.
 *
 * @param value - an object; anything else gives an empty segmentation
 * @param type - the class to read the rules from, for an object that is no instance of it
 *
 * @example
 * ```ts
 * import { Exclude, Expose } from 'class-transformer';
 * import { toSegmentation } from 'countly-weave';
 *
 * class Order {
 *   \@Expose({ name: 'plan', groups: ['countly'] }) tier = 'pro';
 *   \@Exclude() email = 'someone@example.com';
 * }
 * toSegmentation(new Order()); // { plan: 'pro' }
 * ```
 */
export function toSegmentation(value: unknown, type?: Constructor): Segmentation {
  const flat: Record<string, SegmentValue> = {};
  try {
    if (typeof value === 'object' && value !== null) walk(value, '', type, flat, []);
  } catch {
    // A Proxy that answers with exceptions; what was read so far stays.
  }
  return flat;
}

/** The same with every key under a prefix: `order` gives `order_total`. A scalar stands under the prefix itself. */
export function toSegmentationUnder(name: string, value: unknown, type?: Constructor): Segmentation {
  const flat: Record<string, SegmentValue> = {};
  try {
    put(name, value, type, flat, []);
  } catch {
    // As above.
  }
  return flat;
}

function walk(
  object: object,
  prefix: string,
  type: unknown,
  flat: Record<string, SegmentValue>,
  path: readonly object[],
): void {
  if (path.length >= MAX_DEPTH || path.includes(object) || isOpaque(object)) return;
  const inside = [...path, object];
  const rules = classRules(object.constructor) ?? classRules(type);
  for (const [property, name] of propertiesOf(object, rules)) {
    if (Object.keys(flat).length >= MAX_KEYS) return;
    try {
      const value = read(object, property, rules);
      put(prefix + name, value, rules?.typeOf(property, object), flat, inside);
    } catch {
      // A getter or a @Transform that throws costs its own key only.
    }
  }
}

function put(
  key: string,
  value: unknown,
  type: unknown,
  flat: Record<string, SegmentValue>,
  path: readonly object[],
): void {
  const scalar = toScalar(value);
  // A dot in a key would make the database see a nested document.
  const name = key.replaceAll('.', '_');
  if (scalar !== undefined) flat[name] = scalar;
  else if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ITEMS).map(toScalar);
    const kept = items.filter((item) => item !== undefined);
    if (kept.length > 0) flat[name] = kept;
  } else if (typeof value === 'object' && value !== null && (path.length === 0 || mayNest(value, type))) {
    walk(value, `${name}_`, type, flat, path);
  }
}

function propertiesOf(object: object, rules: ClassRules | undefined): readonly (readonly [string, string])[] {
  if (rules === undefined) return Object.keys(object).map((key) => [key, key]);
  const names = rules.onlyExposed
    ? [...rules.exposed.keys()]
    : [...new Set([...Object.keys(object), ...rules.exposed.keys()])].filter((key) => !rules.withheld.has(key));
  return names.filter((key) => !rules.excluded.has(key)).map((key) => [key, rules.exposed.get(key) ?? key]);
}

function read(object: object, property: string, rules: ClassRules | undefined): unknown {
  let value = (object as Record<string, unknown>)[property];
  // A method is asked only when it was exposed on purpose.
  if (typeof value === 'function' && rules?.exposed.has(property) === true) value = Reflect.apply(value, object, []);
  for (const transform of rules?.transforms(property) ?? []) {
    value = transform({ value, key: property, obj: object, type: TO_PLAIN, options: GROUPS });
  }
  return value;
}

function toScalar(value: unknown): Scalar | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : undefined;
    case 'bigint':
      return value.toString();
    default:
      return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : undefined;
  }
}

function mayNest(value: object, type: unknown): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || isMapped(value.constructor) || isMapped(type);
}

/** Whether class-transformer decorators say what may leave an instance of this class. */
export function isMapped(type: unknown): type is Constructor {
  return classRules(type) !== undefined;
}

/** Objects whose own properties say nothing about them. */
function isOpaque(object: object): boolean {
  return (
    Array.isArray(object) ||
    ArrayBuffer.isView(object) ||
    object instanceof Map ||
    object instanceof Set ||
    object instanceof Date ||
    object instanceof Promise
  );
}
