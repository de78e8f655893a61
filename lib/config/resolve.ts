import { type ConfigProblem, CountlyConfigError } from '../errors.js';
import { fromEnvironment } from './environment.js';
import type { CountlyOptions } from './options.js';
import { type ResolvedOptions, withDefaults } from './resolved-options.js';
import { RULES } from './rules.js';

export type { ResolvedOptions } from './resolved-options.js';

const SECRET = new Set<string>(['appKey', 'salt']);
// Two names for one thing: giving both can only be a mistake.
const EXCLUSIVE: readonly (readonly [keyof CountlyOptions, keyof CountlyOptions])[] = [
  ['flushInterval', 'interval'],
  ['maxQueuedEntries', 'queueSize'],
  ['requestOptions', 'httpOptions'],
  ['durability', 'storageType'],
  ['maxBreadcrumbCount', 'maxLogs'],
  ['deviceId', 'temporaryDeviceId'],
];

/**
 * Checks options, adds the environment and the defaults.
 * @throws CountlyConfigError with all problems, when there is any
 */
export function resolveOptions(given: CountlyOptions, env: NodeJS.ProcessEnv = process.env): ResolvedOptions {
  if (!isObject(given))
    throw new CountlyConfigError([{ option: 'options', expected: 'an object', actual: describe(given) }]);
  const own = withoutUndefined(given);
  const ambient = withoutUndefined(fromEnvironment(env));
  // A device id of the environment is a default like any other; the code's wish for a temporary one is explicit.
  if (own.temporaryDeviceId === true) delete (ambient as { deviceId?: string }).deviceId;
  const options = { ...ambient, ...own } as CountlyOptions;
  const problems = problemsOf(options);
  if (problems.length > 0) throw new CountlyConfigError(problems);
  return withDefaults(options);
}

function problemsOf(options: CountlyOptions): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const [option, value] of Object.entries(options)) {
    const rule = Object.hasOwn(RULES, option) ? RULES[option as keyof CountlyOptions] : undefined;
    if (rule === undefined) {
      problems.push({ option, expected: `one of the known options${nearest(option)}`, actual: 'an unknown option' });
    } else if (!rule.accepts(value)) {
      const actual = SECRET.has(option) ? describeSecret(value) : describe(value);
      problems.push({ option, expected: rule.expected, actual });
    }
  }
  for (const [option, other] of EXCLUSIVE) {
    if (options[option] === undefined || options[other] === undefined || options[other] === false) continue;
    problems.push({ option, expected: `no "${other}" beside it: both mean the same setting`, actual: 'both' });
  }
  return [...problems, ...missing(options)];
}

/** A disabled client needs neither address nor key; a transport of the user's own needs no address. */
function missing(options: CountlyOptions): ConfigProblem[] {
  if (options.disabled === true) return [];
  const needed = [
    ['url', 'COUNTLY_URL', options.transport !== undefined],
    ['appKey', 'COUNTLY_APP_KEY', false],
  ] as const;
  return needed
    .filter(([option, , elsewhere]) => options[option] === undefined && !elsewhere)
    .map(([option, variable]) => ({
      option,
      expected: `${RULES[option].expected} (or the environment variable ${variable})`,
      actual: 'nothing',
    }));
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  try {
    const text = (JSON.stringify(value) ?? String(value)).replace(/\/\/[^/@"]*@/g, '//***@');
    return `${text} (${value === null ? 'null' : typeof value})`.slice(0, 200);
  } catch {
    return `a value of type ${typeof value}`;
  }
}

function describeSecret(value: unknown): string {
  return value === '' ? 'an empty text' : `a value of type ${typeof value} (not shown)`;
}

/** Most unknown options are another spelling of a known one, such as the official SDK's snake_case. */
function nearest(option: string): string {
  const plain = (name: string) => name.replace(/_/g, '').toLowerCase();
  const match = Object.keys(RULES).find((known) => plain(known) === plain(option));
  return match === undefined ? '' : ` (did you mean "${match}"?)`;
}
