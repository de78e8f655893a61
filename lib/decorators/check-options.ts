import { described, isObject } from '../check.js';
import * as is from '../config/schema.js';
import { CountlyDecoratorError } from '../errors.js';

export type OptionRules = is.Members;

const ofTheCall = { ...is.callback, expected: 'a function of the call' };

export const RULES = {
  text: is.plainText,
  flag: is.flag,
  callback: ofTheCall,
  amount: is.either(is.finite, ofTheCall),
  count: is.either(is.whole(1), ofTheCall),
  segmentation: is.either(is.object, { ...is.callback, expected: 'a class', shows: 'plain' }, ofTheCall),
};

export const COMMON_RULES: OptionRules = {
  on: is.moment,
  when: RULES.callback,
  sample: is.share,
  device: RULES.callback,
  client: RULES.text,
};

export const SEGMENTED_RULES: OptionRules = { ...COMMON_RULES, segmentation: RULES.segmentation };

/** Throws with every wrong option, at decoration, where the stack still points at the decorator. */
export function checkOptions(decorator: string, options: unknown, rules: OptionRules): void {
  if (isDecorated(options)) {
    throw new CountlyDecoratorError(`${decorator} stands without parentheses. Write ${decorator}().`);
  }
  if (!isObject(options)) {
    throw new CountlyDecoratorError(`${decorator}: expected options to be an object, got ${described(options)}.`);
  }
  const problems = is.problemsIn(options, rules);
  if (problems.length === 0) return;
  const told = problems.map(({ option, expected, actual }) => `option ${option}: expected ${expected}, got ${actual}`);
  throw new CountlyDecoratorError(`${decorator}: ${told.join('; ')}.`);
}

/** The two ways to call a decorator, `(key?, options?)` and `(options)`, as one checked shape. */
export function readArguments<Options extends object>(
  decorator: string,
  keyName: string,
  first: string | Options | undefined,
  second: Options | undefined,
  rules: OptionRules,
): { readonly key: string | undefined; readonly options: Options } {
  const isKey = typeof first === 'string';
  if (first === '' || (!isKey && first !== undefined && second !== undefined && !isDecorated(first))) {
    throw new CountlyDecoratorError(
      `${decorator}: expected the ${keyName} to be a non-empty text, got ${described(first)}.`,
    );
  }
  const options = (isKey || first === undefined ? second : first) ?? ({} as Options);
  checkOptions(decorator, options, rules);
  const inOptions = (options as Record<string, unknown>)[keyName] as string | undefined;
  return { key: isKey ? first : inOptions, options: Object.freeze({ ...options }) };
}

/** A class, its prototype or a method: what a decorator is given in place of options by `@TrackEvent` without `()`. */
function isDecorated(value: unknown): boolean {
  if (typeof value === 'function') return true;
  const maker = isObject(value) && Object.hasOwn(value, 'constructor') ? value['constructor'] : undefined;
  return typeof maker === 'function' && maker.prototype === value;
}
