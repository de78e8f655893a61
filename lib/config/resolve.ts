import { described, isList, isObject, member, membersOf } from '../check.js';
import { type ConfigProblem, CountlyConfigError } from '../errors.js';
import { consoleLogger, type Logger, Reporter } from '../logger.js';
import { DEFAULT_LIMITS, type Limits } from './limits.js';
import type { BeforeSend, CountlyOptions, LocationOptions } from './options.js';
import { RULES } from './rules.js';
import { type Members, problemsIn } from './schema.js';

type Usual<Name extends keyof CountlyOptions> = (typeof RULES)[Name] extends { usual: unknown } ? Name : never;
type Settled = {
  readonly [Name in keyof CountlyOptions as Usual<Name>]-?: Exclude<CountlyOptions[Name], undefined>;
};
type Optional =
  | 'salt'
  | 'deviceId'
  | 'appVersion'
  | 'storagePath'
  | 'storage'
  | 'fleet'
  | 'transport'
  | 'proxy'
  | 'ca'
  | 'tls';
type Rare = 'requestOptions' | 'timezoneOffset' | 'sdkBehaviorSettings' | 'userDetails';
type AsGiven = { readonly [Name in Optional | Rare]: CountlyOptions[Name] };

/** Options with every default filled in. Frozen; the caller's object is neither kept nor changed. */
export interface ResolvedOptions extends Settled, AsGiven {
  readonly url: string;
  readonly appKey: string;
  readonly logger: Logger;
  readonly beforeSend: readonly BeforeSend[];
  readonly location: LocationOptions;
  readonly limits: Limits;
}

// Two names for one thing: giving both can only be a mistake.
const EXCLUSIVE = [
  ['flushInterval', 'interval'],
  ['maxQueuedEntries', 'queueSize'],
  ['requestOptions', 'httpOptions'],
  ['durability', 'storageType'],
  ['maxBreadcrumbCount', 'maxLogs'],
] as const;

/** Checks options, adds the environment and the defaults; throws a CountlyConfigError with all problems. */
export function resolveOptions(given: CountlyOptions, env: NodeJS.ProcessEnv = process.env): ResolvedOptions {
  const problems = optionProblems(given, {}, env);
  if (problems.length > 0) throw new CountlyConfigError(problems);
  return completed(withEnvironment(given, env));
}

/** Everything that is wrong with options of a client, and with those somebody adds or replaces. */
export function optionProblems(given: object, also: Members = {}, env = process.env): ConfigProblem[] {
  if (!isObject(given)) return [{ option: 'options', expected: 'an object', actual: described(given) }];
  const options = withEnvironment(given, env);
  const problems = problemsIn(options, { ...RULES, ...also });
  const both = (one: string, other: string) =>
    problems.push({ option: one, expected: `no "${other}" beside it: both mean the same setting`, actual: 'both' });
  for (const [one, other] of EXCLUSIVE) {
    if (options[one] !== undefined && options[other] !== undefined) both(one, other);
  }
  if (typeof options.deviceId === 'string' && options.temporaryDeviceId === true) both('deviceId', 'temporaryDeviceId');
  if (options.disabled === true) return problems;
  // A transport of the user's own needs no address.
  if (options.transport === undefined && options.url === undefined) problems.push(missing('url', 'COUNTLY_URL'));
  if (options.appKey === undefined) problems.push(missing('appKey', 'COUNTLY_APP_KEY'));
  return problems;
}

function missing(option: 'url' | 'appKey', variable: string): ConfigProblem {
  const expected = `${RULES[option].expected} (or the environment variable ${variable})`;
  return { option, expected, actual: 'nothing' };
}

/** What is not said by the options the environment may say. An empty variable or place counts as absent. */
function withEnvironment(given: CountlyOptions, env: NodeJS.ProcessEnv): CountlyOptions {
  const value = (name: string) => (env[name] === '' ? undefined : env[name]);
  const ambient = {
    url: value('COUNTLY_URL'),
    appKey: value('COUNTLY_APP_KEY'),
    salt: value('COUNTLY_SALT'),
    // A default like any other; the code's wish for a temporary one is explicit.
    deviceId: member(given, 'temporaryDeviceId') === true ? undefined : value('COUNTLY_DEVICE_ID'),
    debug: booleanOf(value('COUNTLY_DEBUG')),
    disabled: booleanOf(value('COUNTLY_DISABLED')),
  };
  const empty = ['countryCode', 'city', 'location', 'ipAddress'];
  const isSaid = ([name, said]: [string, unknown]) => said !== undefined && !(said === '' && empty.includes(name));
  return Object.fromEntries([...Object.entries(ambient), ...membersOf(given)].filter(isSaid));
}

/** Anything that is neither yes nor no is left as it is, and then reported with its name. */
function booleanOf(value: string | undefined): boolean | undefined {
  if (/^(1|true|yes|on)$/i.test(value ?? '')) return true;
  return /^(0|false|no|off)$/i.test(value ?? '') ? false : (value as boolean | undefined);
}

/** Valid options, with every default filled in. */
function completed(options: CountlyOptions): ResolvedOptions {
  const { storageType, interval, queueSize, httpOptions, maxLogs, beforeSend } = options;
  const logger = options.logger ?? consoleLogger(options.debug ?? false);
  const reporter = new Reporter(logger, Date.now);
  const salt = trimmed(reporter, 'salt', options.salt);
  const entries = options.eventQueueSize ?? RULES.eventQueueSize.usual;
  const usual = Object.entries(RULES).flatMap(([name, rule]) => ('usual' in rule ? [[name, rule.usual]] : []));
  const settled = allOf<Settled>(Object.fromEntries(usual), {
    durability: storageType === 'memory' ? 'memory' : undefined,
    flushInterval: interval,
    maxQueuedEntries: queueSize === undefined ? undefined : queueSize * entries,
    ...options,
    // Bulk requests of an app with a salt are lost by every server (docs/protocol.md §2.6).
    ...(salt === undefined ? {} : { delivery: 'single' }),
  });
  const { countryCode, city, location, ipAddress } = options;
  return Object.freeze({
    ...(options as AsGiven),
    ...settled,
    requestOptions: options.requestOptions ?? httpOptions,
    url: serverUrl(reporter, trimmed(reporter, 'url', options.url) ?? ''),
    appKey: trimmed(reporter, 'appKey', options.appKey) ?? '',
    salt,
    logger,
    beforeSend: Object.freeze(beforeSend === undefined ? [] : [beforeSend].flat()),
    location: Object.freeze({ countryCode, city, location, ipAddress }),
    limits: Object.freeze(allOf<Limits>(DEFAULT_LIMITS, { maxBreadcrumbCount: maxLogs, ...options })),
  });
}

/** What is given of these settings, as copies, and the usual of the others. */
function allOf<Settings extends object>(usual: object, given: object): Settings {
  const copy = (value: unknown) =>
    isList(value) ? Object.freeze([...value]) : isObject(value) ? Object.freeze({ ...value }) : value;
  const entries = Object.entries(usual).map(([name, value]) => [name, copy(member(given, name) ?? value)]);
  return Object.fromEntries(entries) as Settings;
}

/** Secrets read from a file come with its last line end. */
function trimmed(reporter: Reporter, option: string, value: string | undefined): string | undefined {
  const bare = value?.trim();
  if (bare !== value) reporter.warn(option, `\`${option}\` has blanks or line ends around it; they are left out.`);
  return bare;
}

/** An expression for the end of a text would be tried at each slash of it. */
function withoutSlashes(url: string): string {
  let end = url.length;
  while (url[end - 1] === '/') end--;
  return url.slice(0, end);
}

/** The path of requests is ours to add. */
function serverUrl(reporter: Reporter, url: string): string {
  const bare = withoutSlashes(url);
  const server = withoutSlashes(bare.replace(/\/[io](\/(bulk|sdk))?$/, ''));
  const message = '`url` is the address of the server alone; what follows it for requests, such as "/i", is left out.';
  if (server !== bare) reporter.warn('url', message);
  return server;
}
