import { types } from 'node:util';
import type { Reporter } from './logger.js';

const LEFT_OUT = 'it is left out';

/** What an argument can be, and how it is read. */
export interface ArgumentKind<T> {
  /** Completes "must be …". */
  readonly expected: string;
  /** Undefined for what it is not. */
  read(value: unknown): T | undefined;
}

/** A kind that is told by its type and taken as it is. */
export function kind<T>(expected: string, is: (value: unknown) => value is T): ArgumentKind<T> {
  return { expected, read: (value) => (is(value) ? value : undefined) };
}

export const FLAG = kind('true or false', (value) => typeof value === 'boolean');
export const TEXT: ArgumentKind<string> = { expected: 'a non-empty text', read: textFrom };
/** The largest number, either way, that a server's totals can take: added to one of `1e308`, all else is lost. */
export const AMOUNT: ArgumentKind<number> = {
  expected: `a number up to ${Number.MAX_SAFE_INTEGER}, either way`,
  read: amountOf,
};
export const SECONDS: ArgumentKind<number> = { expected: 'seconds', read: (value) => notNegative(numberOf(value)) };

/** An argument as it is used. What is given and wrong is told once and is undefined, as is what is not given. */
export function argumentOf<T>(
  reporter: Reporter,
  where: string,
  value: unknown,
  { expected, read }: ArgumentKind<T>,
  outcome = LEFT_OUT,
): T | undefined {
  if (value === undefined) return undefined;
  const known = read(value);
  if (known === undefined) tellMisfit(reporter, where, expected, value, outcome);
  return known;
}

/** Tells once, of the argument at `call.argument`: what was expected, what came, and what is done about it. */
export function tellMisfit(
  reporter: Reporter,
  where: string,
  expected: string,
  value: unknown,
  outcome = LEFT_OUT,
): void {
  const dot = where.lastIndexOf('.');
  const subject = `${where.slice(0, dot)}: ${where.slice(dot + 1)}`;
  reporter.warn(where, `${subject} must be ${expected}, got ${shown(value)}; ${outcome}.`);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** Options as they are, or none with a warning when they are no object. Nothing given is none. */
export function optionsOf<T>(reporter: Reporter, call: string, given: T | undefined): T | undefined {
  if (given === undefined || isObject(given)) return given;
  tellMisfit(reporter, `${call}.options`, 'an object', given, 'they are left out');
  return undefined;
}

/** A number out of whatever a caller passed; undefined when it is none. Never throws. */
export function numberFrom(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'string' ? value.trim() === '' : typeof value !== 'bigint') return undefined;
  return numberFrom(Number(value));
}

/** {@link numberFrom}, also of an object that stands for a number. */
export function numberOf(value: unknown): number | undefined {
  return numberFrom(primitiveOf(value));
}

/** {@link numberOf}, of what can be added up. */
export function amountOf(value: unknown): number | undefined {
  const number = numberOf(value);
  return number !== undefined && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : undefined;
}

function notNegative(number: number | undefined): number | undefined {
  return number !== undefined && number >= 0 ? number : undefined;
}

/** A non-empty text, or undefined. */
export function textFrom(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'bigint' || Number.isFinite(value) ? String(value) : undefined;
}

/** The kind of what was thrown. Not its message, which may quote anything. */
export function thrownName(error: unknown): string {
  const name = member(error, 'name');
  return typeof name === 'string' && name !== '' ? name.slice(0, 100) : typeof error;
}

/** A plain member of an object that may be anything; a getter that throws counts as absent. */
export function member(object: unknown, name: string | symbol): unknown {
  try {
    return typeof object === 'object' && object !== null
      ? (object as Record<string | symbol, unknown>)[name]
      : undefined;
  } catch {
    return undefined;
  }
}

/** What an object (a Decimal, an ObjectId …) says of itself: what its `toJSON` shows, else its `valueOf`, if a primitive. */
export function ownWord(object: object): unknown {
  const json = answered(object, 'toJSON');
  // BSON types show themselves as `{ $numberDecimal: '1.5' }`.
  const [name, ...others] = namesOf(json);
  if (name?.startsWith('$') === true && others.length === 0) return member(json, name);
  if (json !== undefined && json !== null) return json;
  const word = answered(object, 'valueOf');
  if (word !== undefined && typeof word !== 'object') return word;
  if (json === null) return null;
  // A number that JavaScript has none for (Long), or what says how it is to be taken.
  const isNumber = typeof member(object, 'toNumber') === 'function';
  const taken = isNumber ? answered(object, 'toString') : answered(object, Symbol.toPrimitive, 'default');
  return taken !== undefined && typeof taken !== 'object' ? taken : object;
}

/** An object without a class: a literal, of whatever realm, or one without a prototype. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || prototype === Object.prototype) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'hasOwnProperty');
}

/** Objects, of whatever realm, whose own properties say nothing about them. */
export function isOpaque(object: object): boolean {
  if (Object.getPrototypeOf(object) === Object.prototype) return false;
  return isList(object) || ArrayBuffer.isView(object) || OPAQUE.some((is) => is(object));
}

const OPAQUE = [
  ...[types.isMap, types.isSet, types.isWeakMap, types.isWeakSet, types.isPromise, types.isDate],
  ...[types.isRegExp, types.isNativeError, types.isAnyArrayBuffer],
];

/** `a Map`, `an Order`. */
export function articled(name: string): string {
  return `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name}`;
}

/** The primitive that an object stands for. Anything else, and a plain object, is itself. */
export function primitiveOf(value: unknown): unknown {
  const word = typeof value === 'object' && value !== null ? ownWord(value) : value;
  return ['string', 'number', 'boolean', 'bigint'].includes(typeof word) ? word : value;
}

/** One that throws says nothing. */
function answered(object: object, name: string | symbol, ...args: string[]): unknown {
  try {
    const method: unknown = member(object, name);
    return typeof method === 'function' ? Reflect.apply(method, object, args) : undefined;
  } catch {
    return undefined;
  }
}

/** What `work` gives, or undefined when it throws. */
export function attempted<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** An object or a function: what has an identity. */
export function isReference(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** The own names of an object; none when it cannot be read. */
export function namesOf(object: unknown): string[] {
  try {
    return typeof object === 'object' && object !== null ? Object.keys(object) : [];
  } catch {
    return [];
  }
}

/** Stands for what an object does not let be read. No rule takes it. */
export const UNREADABLE: unique symbol = Symbol('countly-weave.unreadable');

/** The own members of an object, each read once. */
export function membersOf(object: object): [name: string, value: unknown][] {
  return namesOf(object).map((name) => {
    try {
      return [name, (object as Record<string, unknown>)[name]];
    } catch {
      return [name, UNREADABLE];
    }
  });
}

/** The value of a number or boolean, that there is none, else only the type: a caller's text or object may hold personal data. */
export function shown(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined)
    return String(value);
  return isList(value) ? 'a list' : `a value of type ${typeof value}`;
}

/** `Array.isArray`, which throws for a proxy that was revoked. */
export function isList(value: unknown): value is unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** How much of a value a message may show: numbers, booleans and short words, or an address without its secrets. */
export type Shows = 'plain' | 'address';

/** A wrong value in words. What is inside texts and objects may be secret or personal. */
export function described(value: unknown, shows?: Shows): string {
  if (value === undefined || value === null) return value === null ? 'null' : 'nothing';
  if (value === '') return 'an empty text';
  if (typeof value === 'function') return 'a function';
  if (value === UNREADABLE) return 'what cannot be read';
  if (isList(value)) {
    const items = value.slice(0, 3).map((item) => described(item, shows));
    return `a list of ${value.length}${shows === undefined ? ' (not shown)' : `: ${items.join(', ')}`}`;
  }
  if (typeof value === 'object') {
    const names = namesOf(value).filter((name) => /^[\w$-]{1,32}$/.test(name));
    return names.length === 0 ? 'an object' : `an object with ${names.slice(0, 5).join(', ')}`;
  }
  if (typeof value === 'string') {
    if (shows === 'address' && /[./:]/.test(value)) return `"${shownAddress(value)}" (string)`;
    if (shows === 'plain' && /^[\w .,+-]{1,24}$/.test(value)) return `"${value}" (string)`;
    return `a text of ${counted(value.length, 'character')} (not shown)`;
  }
  return shows === undefined ? `a value of type ${typeof value} (not shown)` : `${String(value)} (${typeof value})`;
}

/** An address without credentials and without what follows its path. */
export function shownAddress(address: string): string {
  const open = address.replace(/^([a-z]+:\/\/)?.*@/is, '$1***@').replace(/([?#]).*$/s, '$1…');
  return open.replace(/[^\x20-\x7e…]/g, '?').slice(0, 100);
}

/** `1 entry`, `2 entries`, `2 batches`. */
export function counted(count: number, noun: string): string {
  return `${count} ${
    count === 1
      ? noun
      : noun
          .replace(/([^aeo])y$/, '$1ie')
          .replace(/(s|x|ch|sh)$/, '$1e')
          .concat('s')
  }`;
}

/** The name among these that was most likely meant: another spelling, or a slip of a few characters. */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const plain = (name: string) => name.replace(/[_-]/g, '').toLowerCase();
  const [best] = names
    .map((name) => ({ name, slips: distance(plain(name), plain(given)) }))
    .sort((a, b) => a.slips - b.slips);
  return best !== undefined && best.slips <= Math.max(1, Math.floor(given.length / 4)) ? best.name : undefined;
}

/** How many characters have to be added, removed, replaced or exchanged with their neighbour. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  let before: readonly number[] = [];
  for (let i = 0; i < one.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j++) {
      const replaced = (row[j] ?? 0) + (one[i] === other[j] ? 0 : 1);
      const isSwap = i > 0 && j > 0 && one[i] === other[j - 1] && one[i - 1] === other[j];
      const swapped = isSwap ? (before[j - 1] ?? 0) + 1 : replaced;
      next.push(Math.min(replaced, swapped, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[other.length] ?? 0;
}
