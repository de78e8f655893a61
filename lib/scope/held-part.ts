import { described, isObject } from '../check.js';
import { oneOf, problemsIn } from '../config/schema.js';
import { CountlyConfigError } from '../errors.js';
import type { HeldPart } from './transaction.js';

const RULES = { holds: oneOf('all', 'commit') };

/** The checked option `holds` of an adapter. */
export function heldPart(options: { readonly holds?: HeldPart }): HeldPart {
  const given: unknown = options;
  if (!isObject(given)) {
    throw new CountlyConfigError([{ option: 'options', expected: 'an object', actual: described(given) }]);
  }
  const problems = problemsIn(given, RULES);
  if (problems.length > 0) throw new CountlyConfigError(problems);
  return options.holds ?? 'all';
}
