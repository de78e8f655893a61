import { AMOUNT, amountOf, shown } from '../check.js';
import { type Limits, truncate } from '../config/limits.js';
import type { Reporter } from '../logger.js';
import { jsonString } from '../protocol/json-text.js';
import type { Author } from './author.js';
import { storedName, valueText } from './segmentation-text.js';

/** The ways a custom property can change (docs/protocol.md §5); `$set` is a plain value on the wire. */
export type ProfileOperator = '$set' | '$setOnce' | '$inc' | '$mul' | '$min' | '$max' | '$push' | '$addToSet' | '$pull';

/** A change of one property: JSON texts for lists and plain values, numbers where a server calculates. */
type Change =
  | { readonly operator: '$set' | '$setOnce'; readonly value: string }
  | { readonly operator: keyof typeof CALCULATED; readonly value: number }
  | { readonly operator: '$push' | '$addToSet' | '$pull'; readonly value: readonly string[] };

export type ProfileChange = Change & { readonly property: string };

/** What the numbers of two changes in a row become. */
const CALCULATED = {
  $inc: (one: number, other: number) => one + other,
  $mul: (one: number, other: number) => one * other,
  $min: Math.min,
  $max: Math.max,
};
const LISTS = new Set(['$push', '$addToSet', '$pull']);
const OPERATORS = new Set([...Object.keys(CALCULATED), ...LISTS, '$set', '$setOnce']);
// Names that mean something to every JavaScript object, also on the server.
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);
const MAX_ELEMENTS = 50;
const SCALAR = 'a text, a number or true or false';

/**
 * Changes of custom properties that wait to be sent. A server applies one operator a property and request (docs/protocol.md
 * §13 row 55), so changes that cannot become one go into a later request, and none is ever lost.
 */
export class ProfileBuffer {
  readonly #requests: Map<string, Change>[] = [];
  #changes = 0;
  /** Who made the last one. */
  author: Author | undefined;

  /** Changes taken since the last `take`. */
  get size(): number {
    return this.#changes;
  }

  add(change: ProfileChange): void {
    this.#changes++;
    const { property } = change;
    const last = this.#requests.findLastIndex((request) => request.has(property));
    const before = this.#requests[last]?.get(property);
    const merged = before === undefined ? undefined : mergedChange(before, change);
    if (merged !== undefined) {
      this.#requests[last]?.set(property, merged);
      return;
    }
    const next = this.#requests[last + 1];
    if (next === undefined) this.#requests.push(new Map([[property, change]]));
    else next.set(property, change);
  }

  /** The waiting changes as `custom` objects in the order to send them; the buffer is empty afterwards. */
  take(): string[] {
    this.#changes = 0;
    return this.#requests.splice(0).map((request) => {
      const members = [...request].map(([property, change]) => `${jsonString(property)}:${changeText(change)}`);
      return `{${members.join(',')}}`;
    });
  }
}

/** A change as it can be sent, or undefined with one warning when it means nothing a server could store. */
export function readChange(
  { limits, reporter }: { readonly limits: Limits; readonly reporter: Reporter },
  operator: string,
  property: unknown,
  value: unknown,
): ProfileChange | undefined {
  const name = typeof property === 'string' ? storedName(property, limits.maxKeyLength) : '';
  if (name === '' || FORBIDDEN.has(name)) {
    const got = FORBIDDEN.has(name) ? name : shown(property);
    return warn(reporter, operator, `the property must have a name, got ${got}`);
  }
  if (!OPERATORS.has(operator)) return warn(reporter, operator, 'no such operator');
  const needs = (expected: string) =>
    warn(reporter, operator, `"${truncate(name, 40)}" needs ${expected}, got ${shown(value)}`);
  if (Object.hasOwn(CALCULATED, operator)) {
    const number = amountOf(value);
    if (number === undefined) return needs(AMOUNT.expected);
    return { operator: operator as keyof typeof CALCULATED, property: name, value: number };
  }
  const rules = { limits, reporter, call: 'userData' };
  if (LISTS.has(operator)) {
    const items = (Array.isArray(value) ? value.slice(0, MAX_ELEMENTS) : [value]).map((item) =>
      Array.isArray(item) ? undefined : valueText(item, rules, name),
    );
    const kept = items.filter((item) => item !== undefined);
    return kept.length === 0 ? needs(SCALAR) : { operator: operator as '$push', property: name, value: kept };
  }
  // An empty text unsets the property (docs/protocol.md §5).
  const text = value === '' || value === null ? '""' : valueText(value, rules, name);
  return text === undefined ? needs(SCALAR) : { operator: operator as '$set', property: name, value: text };
}

function warn(reporter: Reporter, operator: string, problem: string): undefined {
  const kind = OPERATORS.has(operator) ? operator : 'operator';
  reporter.warn(`userData.${kind}`, `userData: ${operator.slice(0, 20)}: ${problem}; it is left out.`);
  return undefined;
}

/** One change that has the effect of two in a row, if there is one. */
function mergedChange(before: Change, change: Change): Change | undefined {
  if (before.operator !== change.operator) return undefined;
  switch (change.operator) {
    case '$set':
      return change;
    case '$setOnce':
      return before;
    case '$push':
    case '$addToSet':
    case '$pull':
      return { ...change, value: [...(before.value as readonly string[]), ...change.value] };
    default: {
      const value = CALCULATED[change.operator](before.value as number, change.value);
      // Beyond what a server adds up, each goes for itself.
      return amountOf(value) === undefined ? undefined : { ...change, value };
    }
  }
}

function changeText(change: Change): string {
  if (change.operator === '$set') return change.value;
  const value = typeof change.value === 'object' ? `[${change.value.join(',')}]` : change.value;
  return `{"${change.operator}":${value}}`;
}
