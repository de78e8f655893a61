import { isObject, type JsonObject, numberOf } from '../protocol/json.js';

type Operator = (current: unknown, operand: unknown) => unknown;

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);
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
  ['$push', (current, operand) => [...asList(current), ...asList(operand)]],
  ['$pull', (current, operand) => asList(current).filter((item) => !asList(operand).some((out) => same(item, out)))],
  [
    '$addToSet',
    (current, operand) => {
      const list = [...asList(current)];
      for (const item of asList(operand)) if (!list.some((known) => same(known, item))) list.push(item);
      return list;
    },
  ],
]);

/** The custom properties after one `user_details.custom`: plain values set, `""` removes, operators compute. */
export function applyCustom(current: Readonly<JsonObject>, changes: Readonly<JsonObject>): JsonObject {
  const result: JsonObject = { ...current };
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
