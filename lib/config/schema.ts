import * as v from 'valibot';
import { counted, described, isList, isObject, isPlain, member, membersOf, nearest, type Shows } from '../check.js';
import { LONGEST_DELAY_MS } from '../clock.js';
import { type ConfigProblem, CountlyConfigError } from '../errors.js';
import { CONSENT_FEATURES } from '../protocol/entry.js';

/** What a value must be. Options of the client, of Nest and of decorators, and the server's settings are read by these. */
export interface Rule {
  /** Completes "expected …". */
  readonly expected: string;
  readonly test: (value: unknown) => boolean;
  /** An object is read member by member, in place of `test`. */
  readonly members?: Members;
  readonly required?: boolean;
  /** What a message may show of a wrong value. @default its type only */
  readonly shows?: Shows;
}

/** The members an object may have. */
export type Members = Readonly<Record<string, Rule>>;

const PLAIN = { shows: 'plain' } as const;

function rule(expected: string, schema: v.GenericSchema, more: Partial<Rule> = {}): Rule {
  return { expected, test: (value) => v.is(schema, value), ...more };
}

function between(words: string, min: number, max: number, kind: v.GenericSchema<unknown, number> = v.number()): Rule {
  const range = max === Number.MAX_SAFE_INTEGER ? `, ${min} or more` : ` from ${min} to ${max}`;
  return rule(words + range, v.pipe(kind, v.minValue(min), v.maxValue(max)), PLAIN);
}

export const flag = rule('true or false', v.boolean(), PLAIN);
export const anyText = rule('a text', v.string());
export const text = rule('a non-empty text', v.pipe(v.string(), v.minLength(1)));
/** A text that is no secret and nobody's name. */
export const plainText: Rule = { ...text, ...PLAIN };
export const callback = rule('a function', v.function_());
export const finite = rule('a finite number', v.pipe(v.number(), v.finite()), PLAIN);
export const share = between('a number', 0, 1);
export const milliseconds = (min: number): Rule => between('milliseconds', min, LONGEST_DELAY_MS);
export const seconds = (min: number, max = Math.floor(LONGEST_DELAY_MS / 1000)): Rule => between('seconds', min, max);
export const hours = (min: number): Rule => between('hours', min, 87_600);

export const whole = (min: number, max = Number.MAX_SAFE_INTEGER, words = 'a whole number'): Rule =>
  between(words, min, max, v.pipe(v.number(), v.integer()));

export const oneOf = (...values: readonly string[]): Rule => {
  const quoted = values.map((value) => `"${value}"`);
  const expected = `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
  return rule(expected, v.picklist(values), PLAIN);
};

/** When a decorator records. */
export const moment = oneOf('call', 'success', 'error', 'settle', 'commit');

export const pattern = (expected: string, form: RegExp, shows?: 'plain'): Rule =>
  rule(expected, v.pipe(v.string(), v.regex(form)), shows && { shows });

export const listOf = (expected: string, item: Rule): Rule => ({
  ...item,
  expected,
  test: (value) => isList(value) && value.every(item.test),
});

export const features = listOf(`a list of ${CONSENT_FEATURES.join(', ')}`, oneOf(...CONSENT_FEATURES));

/** Own names only, whatever they are called. */
export const recordOf = (expected: string, item: Rule): Rule => ({
  expected,
  test: (value) => isObject(value) && Object.values(value).every(item.test),
});

export const instanceOf = (expected: string, ...methods: readonly string[]): Rule => ({
  expected,
  test: (value) => isObject(value) && methods.every((name) => typeof value[name] === 'function'),
});

/** An object with these members and no others. */
export const shape = (expected: string, members: Members): Rule => ({ expected, test: isObject, members });

export const object = instanceOf('an object');

export const either = (...rules: readonly Rule[]): Rule => ({
  ...Object.assign({}, ...rules),
  expected: rules.map(({ expected }) => expected).join(' or '),
  test: (value) => rules.some(({ test }) => test(value)),
});

export const required = (one: Rule): Rule => ({ ...one, required: true });

const host = pattern('a host', /^(\*\.)?[a-z0-9_.-]+(:\d{1,5})?$|^\[[0-9a-f:]+\](:\d{1,5})?$/i, 'plain');
export const hostList = listOf('a list of host names such as "orders.internal:8080" or "*.internal"', host);

/** A secret, or several where the first is in use and the others are still accepted. */
export const secrets = (shortest: number): Rule => {
  const secret = v.pipe(v.string(), v.minLength(shortest));
  const words = `a text of at least ${counted(shortest, 'character')}, or a list of such texts`;
  return rule(words, v.union([secret, v.pipe(v.array(secret), v.minLength(1))]));
};

/** Everything that is wrong with an object, in dotted paths, and nothing that is secret. */
export function problemsIn(given: object, members: Members, path = ''): ConfigProblem[] {
  const found = membersOf(given).flatMap(([name, value]): ConfigProblem[] => {
    if (value === undefined) return [];
    const option = path + name;
    const known = Object.hasOwn(members, name) ? members[name] : undefined;
    if (known === undefined) return [{ option, expected: oneKnown(members, name), actual: 'an unknown option' }];
    const isReadable = passes(readable, value);
    if (isReadable && known.members !== undefined && isObject(value)) {
      return problemsIn(value, known.members, `${option}.`);
    }
    return isReadable && passes(known, value)
      ? []
      : [{ option, expected: known.expected, actual: described(value, known.shows) }];
  });
  const missing = Object.entries(members)
    .filter(([name, { required }]) => required === true && member(given, name) === undefined)
    .map(([name, { expected }]) => ({ option: path + name, expected, actual: 'nothing' }));
  return [...found, ...missing];
}

/**
 * Refuses options that are not what they must be.
 *
 * @param name what messages put before the names of the options, where they are several at a place
 * @throws CountlyConfigError with every problem
 */
export function assertOptions(given: unknown, members: Members, name?: string): void {
  const none = { option: name ?? 'options', expected: 'an object', actual: described(given) };
  const problems = isObject(given) ? problemsIn(given, members, name === undefined ? '' : `${name}.`) : [none];
  if (problems.length > 0) throw new CountlyConfigError(problems);
}

/** A proxy or a getter that throws fits nothing. */
function passes({ test }: Pick<Rule, 'test'>, value: unknown): boolean {
  try {
    return test(value);
  } catch {
    return false;
  }
}

/** Settings are copied later, where nobody would expect them to throw. */
const readable = { test: (value: unknown) => !isPlain(value) || Object.values(value).length >= 0 };

function oneKnown(members: Members, option: string): string {
  const names = Object.keys(members);
  const known = names.length > 12 ? 'one of the known options' : `one of ${names.join(', ')}`;
  const meant = nearest(option, names);
  return meant === undefined ? known : `${known} (did you mean "${meant}"?)`;
}
