import { CountlyDecoratorError } from '../errors.js';

/** What an option must be: words for the message, and the test. */
export interface OptionRule {
  readonly expected: string;
  readonly test: (value: unknown) => boolean;
}

export type OptionRules = Readonly<Record<string, OptionRule>>;

const isFunction = (value: unknown): boolean => typeof value === 'function';
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isAmount = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);

export const RULES = {
  text: { expected: 'a non-empty string', test: isText },
  flag: { expected: 'a boolean', test: (value) => typeof value === 'boolean' },
  callback: { expected: 'a function of the call', test: isFunction },
  amount: { expected: 'a finite number or a function of the call', test: (v) => isAmount(v) || isFunction(v) },
  count: {
    expected: 'a positive integer or a function of the call',
    test: (v) => (Number.isSafeInteger(v) && (v as number) > 0) || isFunction(v),
  },
  share: {
    expected: 'a number from 0 to 1',
    test: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  },
  moment: {
    expected: "'call', 'success', 'error' or 'settle'",
    test: (value) => ['call', 'success', 'error', 'settle'].includes(value as string),
  },
  segmentation: {
    expected: 'an object, a class or a function of the call',
    test: (value) => isFunction(value) || (typeof value === 'object' && value !== null && !Array.isArray(value)),
  },
} satisfies OptionRules;

export const COMMON_RULES: OptionRules = {
  on: RULES.moment,
  when: RULES.callback,
  sample: RULES.share,
  device: RULES.callback,
  client: RULES.text,
};

export const SEGMENTED_RULES: OptionRules = { ...COMMON_RULES, segmentation: RULES.segmentation };

/** Throws for the first wrong option, at decoration, where the stack still points at the decorator. */
export function checkOptions(decorator: string, options: unknown, rules: OptionRules): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new CountlyDecoratorError(`${decorator}: expected options to be an object, got ${show(options)}.`);
  }
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) {
      const known = Object.keys(rules).join(', ');
      throw new CountlyDecoratorError(`${decorator}: there is no option \`${name}\`. Its options are: ${known}.`);
    }
    if (value !== undefined && !rule.test(value)) {
      throw new CountlyDecoratorError(
        `${decorator}: expected option \`${name}\` to be ${rule.expected}, got ${show(value)}.`,
      );
    }
  }
}

/** The two ways to call a decorator, `(key?, options?)` and `(options)`, as one checked shape. */
export function readArguments<Options extends object>(
  decorator: string,
  keyName: string,
  first: string | Options | undefined,
  second: Options | undefined,
  rules: OptionRules,
): { readonly key: string | undefined; readonly options: Options } {
  if (typeof first === 'string' && first === '') {
    throw new CountlyDecoratorError(`${decorator}: expected the ${keyName} to be a non-empty string, got ''.`);
  }
  if (first !== undefined && typeof first !== 'string' && second !== undefined) {
    throw new CountlyDecoratorError(`${decorator}: expected the ${keyName} to be a string, got ${show(first)}.`);
  }
  const options = (typeof first === 'string' || first === undefined ? second : first) ?? ({} as Options);
  checkOptions(decorator, options, rules);
  const inOptions = (options as Record<string, unknown>)[keyName] as string | undefined;
  return { key: typeof first === 'string' ? first : inOptions, options: Object.freeze({ ...options }) };
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}' (string)`;
  if (typeof value === 'function') return `the function ${value.name || 'without a name'}`;
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `${String(value)} (${typeof value})`;
}
