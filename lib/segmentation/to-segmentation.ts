import { types } from 'node:util';
import { articled, isOpaque, ownWord } from '../check.js';
import { classes } from '../config/dialect.js';
import { consoleLogger, Reporter } from '../logger.js';
import type { Segmentation, SegmentValue } from '../protocol/entry.js';
import {
  APART,
  type Constructor,
  classOf,
  firstItems,
  isRuled,
  MAX_DEPTH,
  mapByClass,
  rulesOf,
  type Tell,
} from './class-rules.js';
import { mayHideRules } from './class-transformer.js';

/** More than any server keeps by default. */
const MAX_KEYS = 200;

type Scalar = string | number | boolean;

/** How an object is to be mapped. */
export interface Mapping {
  /** The class whose rules hold for what is no instance of a class with rules. */
  readonly type?: Constructor | undefined;
  /** The class was given to be mapped by; otherwise it is what a compiler knows of a parameter. */
  readonly isGiven?: boolean;
  readonly tell: Tell;
}

const onConsole = new Reporter(consoleLogger(false), Date.now);
const tellOnConsole: Tell = (problem, message) => onConsole.warn(problem, `Segmentation: ${message}`);

/**
 * Turns an object into flat segmentation values. Never throws and never changes the object.
 *
 * - A class with class-transformer decorators decides for itself: once anything is marked `@Expose`, only what is
 *   exposed (without a group, or in the group `countly`) leaves; else everything own but what is marked `@Exclude`.
 *   `@Expose({ name })` renames and `@Transform` computes.
 * - Any other object with a `toJSON` gives what that shows (a Mongoose document, an ObjectId); without one its own
 *   enumerable values.
 * - Nested literals and mapped objects are flattened: `address: { city }` becomes `address_city`. Nested instances of
 *   classes without decorators and `toJSON` stay out: nobody said that they may leave.
 * - Dates become ISO text, bigints text; arrays keep their scalars. `undefined` and `null` are left out; functions,
 *   symbols, Maps and whatever else Countly cannot store too, with one warning.
 * - Nothing leaves of a given class that no rule is known of, nor of any class while its rules may stand in a copy of
 *   class-transformer that is out of reach; see {@link useClassTransformer}.
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
 *   @Expose({ name: 'plan', groups: ['countly'] }) tier = 'pro';
 *   @Exclude() email = 'someone@example.com';
 * }
 * toSegmentation(new Order()); // { plan: 'pro' }
 * ```
 */
export function toSegmentation(value: unknown, type?: Constructor): Segmentation {
  return mapped('', value, { type, isGiven: type !== undefined, tell: tellOnConsole });
}

/** With a name everything stands under it: `order` gives `order_total`, and a scalar is kept under the name itself. */
export function mapped(name: string, value: unknown, mapping: Mapping): Segmentation {
  const flat: Record<string, SegmentValue> = {};
  try {
    if (name !== '') put(name, value, flat, [], mapping);
    else if (typeof value === 'object' && value !== null) {
      const members = Array.isArray(value) ? value : membersOf(value, [], mapping);
      if (isMembers(members)) walk(members, '', flat, [value], mapping.tell);
      else if (members !== undefined) mapping.tell('no name', 'it is a single value or a list, which needs a name.');
    }
  } catch {
    // A Proxy that answers with exceptions; what was read so far stays.
  }
  return flat;
}

type Flat = Record<string, SegmentValue>;

function walk(members: object, prefix: string, flat: Flat, path: readonly object[], tell: Tell): void {
  const keys = Object.keys(members);
  const isApart = keys[0]?.startsWith(APART) === true;
  for (const key of keys) {
    if (Object.keys(flat).length >= MAX_KEYS) return;
    if (isApart && !key.startsWith(APART)) continue;
    const name = prefix + (isApart ? key.slice(APART.length) : key);
    try {
      put(name, (members as Record<string, unknown>)[key], flat, path, { tell });
    } catch {
      // A getter or a Proxy that throws costs its own key only.
    }
  }
}

function put(key: string, value: unknown, flat: Flat, path: readonly object[], mapping: Mapping): void {
  const { tell } = mapping;
  // A dot in a key would make the database see a nested document.
  const name = key.replaceAll('.', '_');
  const scalar = toScalar(value);
  if (scalar !== undefined) flat[name] = scalar;
  else if (Array.isArray(value) || types.isSet(value)) {
    const items = firstItems(value as Iterable<unknown>).filter((item) => item !== undefined && item !== null);
    const kept = items.map(toItem).filter((item) => item !== undefined);
    if (kept.length < items.length) {
      tell('list', `segment "${name}" holds more than texts, numbers and booleans; only those are kept.`);
    }
    if (kept.length > 0) flat[name] = kept;
  } else if (typeof value === 'object' && value !== null) {
    if (path.length >= MAX_DEPTH || path.includes(value)) return;
    const members = membersOf(value, path, mapping);
    if (isMembers(members)) walk(members, `${name}_`, flat, [...path, value], tell);
    else put(name, members, flat, [...path, value], { tell });
  } else if (value !== undefined && value !== null) {
    const what = typeof value === 'number' ? String(value) : `a ${typeof value}`;
    tell(typeof value, `segment "${name}" is ${what}, which Countly cannot store; it is left out.`);
  }
}

/** What of an object leaves: its members, or the single value that it stands for; undefined when nothing does. */
function membersOf(object: object, path: readonly object[], { type, isGiven, tell }: Mapping): unknown {
  if (isOpaque(object)) {
    const { name } = classOf(object);
    if (!types.isDate(object)) tell('opaque', `${articled(name)} cannot be broken down by Countly; it is left out.`);
    return undefined;
  }
  const own = classOf(object);
  const isOwn = rulesOf(own).any;
  const word = isOwn ? object : ownWord(object);
  if (!isMembers(word)) return word;
  const chosen = isOwn ? own : (type ?? classOf(word));
  if (chosen === Object) return word;
  if (isRuled(chosen, word)) return mapByClass(word, chosen, path, tell);
  if ((isGiven === true && chosen === type) || mayHideRules(chosen)) {
    tell(
      `no rules ${chosen.name}`,
      `nothing of ${chosen.name} is sent, because no class-transformer decorator is known on it. Put @Expose() on what may ` +
        'leave. If it is there, the application uses another copy of class-transformer than countly-weave: install one, or ' +
        'hand yours over with useClassTransformer().',
    );
    return undefined;
  }
  if (path.length === 0 || classOf(word) === Object) return word;
  const why = 'nothing says what of it may leave; put @Expose() on that';
  tell('nested', `an instance of ${chosen.name} is left out, because ${why}.`);
  return undefined;
}

function isMembers(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isOpaque(value);
}

function toItem(value: unknown): Scalar | undefined {
  return toScalar(typeof value === 'object' && value !== null && !rulesOf(classOf(value)).any ? ownWord(value) : value);
}

function toScalar(value: unknown): Scalar | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return types.isDate(value) && !Number.isNaN(value.getTime()) ? value.toISOString() : undefined;
}

// Members that a class keeps back stay here by whatever way an object of it comes in.
classes.letOut = (object, tell) => {
  const type = classOf(object);
  return type !== Object && isRuled(type, object) ? mapped('', object, { tell }) : undefined;
};
