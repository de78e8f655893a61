import { numberFrom, shown } from '../check.js';
import type { FeaturePort } from './feature.js';
import type { ProfileChange } from './profile-buffer.js';
import { segmentName } from './segment-names.js';
import { valueText } from './segmentation-text.js';

const NUMERIC = new Set(['$inc', '$mul', '$min', '$max']);
const LISTS = new Set(['$push', '$addToSet', '$pull']);
const PLAIN = new Set(['$set', '$setOnce']);
// Names that mean something to every JavaScript object, also on the server.
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);
const MAX_ELEMENTS = 50;

/** A change as it can be sent, or undefined with one warning when it means nothing a server could store. */
export function readChange(
  port: FeaturePort,
  operator: string,
  property: unknown,
  value: unknown,
): ProfileChange | undefined {
  const name = typeof property === 'string' ? segmentName(property, port.limits) : '';
  if (name === '' || FORBIDDEN.has(name)) {
    return warn(port, operator, `the property must have a name, got ${FORBIDDEN.has(name) ? name : shown(property)}`);
  }
  if (NUMERIC.has(operator)) {
    const number = numberFrom(value);
    return number === undefined
      ? warn(port, operator, `"${name}" needs a number, got ${shown(value)}`)
      : { operator: operator as '$inc', property: name, value: number };
  }
  const rules = { limits: port.limits, reporter: port.reporter, call: 'userData' };
  if (LISTS.has(operator)) {
    const items = (Array.isArray(value) ? value.slice(0, MAX_ELEMENTS) : [value]).map((item) =>
      Array.isArray(item) ? undefined : valueText(item, rules, name),
    );
    const kept = items.filter((item) => item !== undefined);
    return kept.length === 0
      ? warn(port, operator, `"${name}" needs a text, a number or true or false, got ${shown(value)}`)
      : { operator: operator as '$push', property: name, value: kept };
  }
  if (!PLAIN.has(operator)) return warn(port, operator, 'no such operator');
  // An empty text unsets the property (docs/protocol.md §5).
  const text = value === '' || value === null ? '""' : valueText(value, rules, name);
  return text === undefined
    ? warn(port, operator, `"${name}" needs a text, a number or true or false, got ${shown(value)}`)
    : { operator: operator as '$set', property: name, value: text };
}

function warn(port: FeaturePort, operator: string, problem: string): undefined {
  port.reporter.warn(`userData.${operator}`, `userData: ${operator.slice(0, 20)}: ${problem}; it is left out.`);
  return undefined;
}
