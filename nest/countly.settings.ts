import { Logger } from '@nestjs/common';
import {
  type ConfigProblem,
  Countly,
  CountlyConfigError,
  type CountlyOptions,
  type Logger as Log,
} from '../lib/index.js';
import { type CarrierSettings, carrierProblems, carrierSettings } from './carrier/carrier.options.js';
import { readsCarrier } from './carrier/from-carrier.js';
import { DEFAULT_NAME } from './countly.constants.js';
import type { CountlyModuleOptions } from './countly.options.js';
import type { ErrorReportOptions } from './errors/error-policy.js';
import { type AnonymousCookie, type AnonymousOptions, anonymousCookie } from './identity/anonymous.js';
import type { ConsentResolver } from './identity/consent.js';
import type { RequestContext } from './identity/request-context.js';
import type { DeviceIdResolver } from './identity/resolvers.js';
import { type OutgoingTraceOptions, outgoingSettings, traceProblems } from './outgoing/outgoing.options.js';
import type { TrafficOptions } from './traffic/traffic.options.js';

/** The module's own options with every default filled in. */
export interface ModuleSettings {
  readonly name: string;
  readonly logger: Log;
  readonly resolvers: readonly DeviceIdResolver[];
  readonly anonymous: 'process' | 'none' | AnonymousCookie;
  readonly resolverTimeout: number;
  readonly consent: ConsentResolver | undefined;
  readonly requireConsent: boolean;
  readonly carrier: CarrierSettings | undefined;
  readonly ip: boolean | ((context: RequestContext) => string | undefined);
  readonly language: boolean | ((context: RequestContext) => string | undefined);
  readonly timezone: ((context: RequestContext) => number | undefined) | undefined;
  readonly requestScope: boolean;
  readonly inheritScope: boolean;
  readonly ignore: ((context: RequestContext) => boolean) | undefined;
  readonly errors: ErrorReportOptions | undefined;
  readonly networkTraces: TrafficOptions | undefined;
  readonly views: TrafficOptions | undefined;
  readonly outgoing: OutgoingTraceOptions | undefined;
  /** Where the client delivers to, if by HTTP. */
  readonly url: string | undefined;
  readonly bootReport: boolean;
  readonly shutdownWarning: boolean;
}

/** What a module was given, taken apart. */
export interface SplitOptions {
  readonly client: CountlyOptions;
  readonly settings: ModuleSettings;
  readonly problems: readonly ConfigProblem[];
}

type Check = readonly [option: keyof CountlyModuleOptions, expected: string, holds: (value: unknown) => boolean];

const isFunction = (value: unknown) => typeof value === 'function';
const isFlag = (value: unknown) => typeof value === 'boolean';
const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

const CHECKS: readonly Check[] = [
  [
    'deviceId',
    'a text, a resolver function or a list of resolver functions',
    (value) => typeof value === 'string' || [value].flat().every(isFunction),
  ],
  [
    'anonymous',
    '"process", "cookie", "none" or an object of cookie settings',
    (value) => ['process', 'cookie', 'none'].includes(value as string) || isObject(value),
  ],
  ['resolverTimeout', 'milliseconds, more than 0', (value) => typeof value === 'number' && value > 0],
  ['consent', 'a list of features or a function', (value) => Array.isArray(value) || isFunction(value)],
  ['ip', 'true, false or a function', (value) => isFlag(value) || isFunction(value)],
  ['language', 'true, false or a function', (value) => isFlag(value) || isFunction(value)],
  ['timezone', 'a function', isFunction],
  ['requestScope', 'true or false', isFlag],
  ['inheritScope', 'true or false', isFlag],
  ['ignore', 'a function', isFunction],
  ['errors', 'true, false or an object', (value) => isFlag(value) || isObject(value)],
  ['networkTraces', 'true, false or an object', (value) => isFlag(value) || isObject(value)],
  ['views', 'true, false or an object', (value) => isFlag(value) || isObject(value)],
  ['bootReport', 'true or false', isFlag],
  ['shutdownWarning', 'true or false', isFlag],
];

/** Takes the client's options and the module's apart, and fills in the module's defaults. */
export function splitOptions(options: CountlyModuleOptions, name: string): SplitOptions {
  // A factory that returns nothing is reported like any other wrong option.
  const given: CountlyModuleOptions = isObject(options) ? options : {};
  const { deviceId, processDeviceId, anonymous, resolverTimeout, consent, processConsent, timezone, carrier, ...rest } =
    given;
  const {
    ip,
    language,
    requestScope,
    inheritScope,
    ignore,
    errors,
    networkTraces,
    views,
    traces,
    bootReport,
    shutdownWarning,
    ...own
  } = rest;
  const logger = given.logger ?? new Logger('Countly');
  const asksConsent = typeof consent === 'function';
  const requireConsent = own.requireConsent ?? (asksConsent ? true : undefined);
  return {
    client: {
      ...own,
      name,
      logger,
      deviceId: processDeviceId ?? (typeof deviceId === 'string' ? deviceId : undefined),
      consent: processConsent ?? (asksConsent ? undefined : consent),
      requireConsent,
    },
    settings: {
      name,
      logger,
      resolvers: deviceId === undefined || typeof deviceId === 'string' ? [] : [deviceId].flat(),
      anonymous: anonymousSetting(anonymous),
      resolverTimeout: resolverTimeout ?? 500,
      consent: asksConsent ? consent : undefined,
      requireConsent: requireConsent === true,
      carrier: carrierSettings(carrier),
      ip: ip ?? true,
      language: language ?? true,
      timezone,
      requestScope: requestScope ?? name === DEFAULT_NAME,
      inheritScope: inheritScope ?? false,
      ignore,
      errors: errors === false ? undefined : optionsOf(errors),
      networkTraces: networkTraces ? optionsOf(networkTraces) : undefined,
      views: views ? optionsOf(views) : undefined,
      outgoing: outgoingSettings(traces),
      url: own.url ?? process.env['COUNTLY_URL'],
      bootReport: bootReport ?? true,
      shutdownWarning: shutdownWarning ?? true,
    },
    problems: isObject(options)
      ? [...problemsOf(given), ...carrierProblems(carrier), ...traceProblems(traces), ...unreadableCarriers(given)]
      : [{ option: 'options', expected: 'an object', actual: `a value of type ${typeof options}` }],
  };
}

/**
 * Makes the client, or says everything that is wrong with both its options and the module's.
 * @throws CountlyConfigError
 */
export function makeClient({ client, problems }: SplitOptions): Countly {
  let made: Countly | undefined;
  let all = problems;
  try {
    made = new Countly(client);
  } catch (error) {
    if (!(error instanceof CountlyConfigError)) throw error;
    all = [...problems, ...error.problems];
  }
  if (made !== undefined && all.length === 0) return made;
  void made?.close({ timeout: 0 });
  throw new CountlyConfigError(all);
}

function problemsOf(given: CountlyModuleOptions): ConfigProblem[] {
  return CHECKS.flatMap(([option, expected, holds]) => {
    const value: unknown = given[option];
    if (value === undefined || holds(value)) return [];
    return [{ option, expected, actual: `${JSON.stringify(value) ?? 'a value'} (${typeof value})`.slice(0, 200) }];
  });
}

function unreadableCarriers({ deviceId, carrier }: CountlyModuleOptions): ConfigProblem[] {
  const reads = [deviceId].flat().some((resolver) => typeof resolver === 'function' && readsCarrier(resolver));
  if (!reads || carrier !== undefined) return [];
  return [
    { option: 'carrier', expected: 'an object with a secret, because deviceId has fromCarrier()', actual: 'nothing' },
  ];
}

function anonymousSetting(value: CountlyModuleOptions['anonymous']): ModuleSettings['anonymous'] {
  if (value === 'cookie') return anonymousCookie({});
  if (value === 'none') return 'none';
  return isObject(value) ? anonymousCookie(value as AnonymousOptions) : 'process';
}

function optionsOf<T extends object>(value: boolean | T | undefined): T {
  return typeof value === 'object' ? value : ({} as T);
}
