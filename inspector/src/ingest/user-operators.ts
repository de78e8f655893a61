import { isObject, type JsonObject, numberOf } from '../protocol/json.js';

type Operator = (current: unknown, operand: unknown) => unknown;

/** A list stays this long at most: it is read and written again with every change of the user. */
const MAX_ELEMENTS = 10_000;

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
const identity = (value: unknown): string => JSON.stringify(value) ?? 'undefined';
const numeric =
  (combine: (current: number | undefined, operand: number) => number): Operator =>
  (current, operand) => {
    const number = numberOf(operand);
    return number === undefined ? current : combine(numberOf(current), number);
  };

const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['$inc', numeric((current = 0, operand) => current + operand)],
  ['$mul', numeric((current = 0, operand) => current * operand)],
  ['$min', numeric((current, operand) => (current === undefined ? operand : Math.min(current, operand)))],
  ['$max', numeric((current, operand) => (current === undefined ? operand : Math.max(current, operand)))],
  ['$setOnce', (current, operand) => (current === undefined ? operand : current)],
  ['$push', (current, operand) => [...asList(current), ...asList(operand)].slice(0, MAX_ELEMENTS)],
  ['$pull', pull],
  ['$addToSet', addToSet],
]);

function pull(current: unknown, operand: unknown): unknown[] {
  const out = new Set(asList(operand).map(identity));
  return asList(current).filter((item) => !out.has(identity(item)));
}

function addToSet(current: unknown, operand: unknown): unknown[] {
  const list = [...asList(current)];
  const known = new Set(list.map(identity));
  for (const item of asList(operand)) {
    const id = identity(item);
    if (known.has(id) || list.length >= MAX_ELEMENTS) continue;
    known.add(id);
    list.push(item);
  }
  return list;
}

/** The custom properties after one `user_details.custom`: plain values set, `""` removes, operators compute. */
export function applyCustom(current: Readonly<JsonObject>, changes: Readonly<JsonObject>): JsonObject {
  // Without a prototype a property called `__proto__` is one like others.
  const result: JsonObject = Object.assign(Object.create(null), current);
  for (const [name, change] of Object.entries(changes)) {
    const value = apply(result[name], change);
    if (value === undefined || value === '' || value === null) delete result[name];
    else result[name] = value;
  }
  return result;
}

function apply(current: unknown, change: unknown): unknown {
  if (!isObject(change)) return change;
  // Of several operators on one property the first survives.
  for (const [name, operand] of Object.entries(change)) {
    const operator = OPERATORS.get(name);
    if (operator !== undefined) return operator(current, operand);
  }
  return change;
}
