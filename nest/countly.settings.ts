import { Logger } from '@nestjs/common';
import { type ConfigProblem, CountlyConfigError, type CountlyOptions, type Logger as Log } from '../lib/index.js';
import { optionProblems } from '../lib/internal.js';
import { type CarrierSettings, carrierSettings } from './carrier/carrier.options.js';
import { readsCarrier } from './carrier/from-carrier.js';
import { DEFAULT_NAME } from './countly.constants.js';
import type { CountlyModuleOptions, VisitorPlace } from './countly.options.js';
import { MODULE_RULES } from './countly.rules.js';
import type { ErrorReportOptions } from './errors/error-policy.js';
import { type AnonymousCookie, anonymousCookie, cookieProblems } from './identity/anonymous.js';
import type { ConsentResolver } from './identity/consent.js';
import type { RequestContext } from './identity/request-context.js';
import type { DeviceIdResolver } from './identity/resolvers.js';
import { type InstrumentRule, instrumentProblems } from './instrument/instrument.options.js';
import { type OutgoingTraceOptions, outgoingSettings } from './outgoing/outgoing.options.js';
import {
  deviceIdleTimeout,
  type SessionSettings,
  sessionProblems,
  sessionSettings,
} from './sessions/sessions.options.js';
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
  readonly place: ((context: RequestContext) => VisitorPlace | undefined) | undefined;
  readonly language: boolean | ((context: RequestContext) => string | undefined);
  readonly timezone: ((context: RequestContext) => number | undefined) | undefined;
  readonly requestScope: boolean;
  readonly inheritScope: boolean;
  readonly ignore: ((context: RequestContext) => boolean) | undefined;
  readonly errors: ErrorReportOptions | undefined;
  readonly networkTraces: TrafficOptions | undefined;
  readonly views: TrafficOptions | undefined;
  readonly sessions: SessionSettings | undefined;
  readonly outgoing: OutgoingTraceOptions | undefined;
  readonly instrument: readonly InstrumentRule[];
  /** Where the client delivers to, if by HTTP. */
  readonly url: string | undefined;
  /** Milliseconds the application waits for deliveries when it closes. */
  readonly shutdownTimeout: number;
  /** Where what is not delivered waits for the next start. */
  readonly keptIn: 'journal' | 'storage' | 'memory';
  readonly debug: boolean;
  readonly bootReport: boolean;
  readonly shutdownWarning: boolean;
}

/** As for a client: test runners give a hook five seconds for all that an application closes. */
const SHUTDOWN_MS = 3000;

/** What a module was given, taken apart. */
export interface SplitOptions {
  readonly client: CountlyOptions;
  readonly settings: ModuleSettings;
}

/**
 * Takes the client's options and the module's apart, and fills in the module's defaults.
 * @throws CountlyConfigError with everything that is wrong with both
 */
export function splitOptions(given: CountlyModuleOptions, name: string): SplitOptions {
  const problems = optionProblems(given, MODULE_RULES);
  // A factory that returns nothing has no members to look at.
  if (typeof given === 'object' && given !== null)
    problems.push(
      ...cookieProblems(given),
      ...unreadableCarriers(given),
      ...sessionProblems(given),
      ...instrumentProblems(given),
    );
  if (problems.length > 0) throw new CountlyConfigError(problems);
  const { deviceId, processDeviceId, anonymous, resolverTimeout, consent, processConsent, timezone, carrier, ...rest } =
    given;
  const {
    ip,
    place,
    language,
    requestScope,
    inheritScope,
    ignore,
    errors,
    networkTraces,
    views,
    sessions,
    traces,
    instrument,
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
      deviceIdleTimeout: deviceIdleTimeout(given),
    },
    settings: {
      name,
      logger,
      resolvers: deviceId === undefined || typeof deviceId === 'string' ? [] : [deviceId].flat(),
      anonymous: anonymousSetting(anonymous, given),
      resolverTimeout: resolverTimeout ?? 500,
      consent: asksConsent ? consent : undefined,
      requireConsent: requireConsent === true,
      carrier: carrierSettings(carrier),
      ip: ip ?? true,
      place,
      language: language ?? true,
      timezone,
      requestScope: requestScope ?? name === DEFAULT_NAME,
      inheritScope: inheritScope ?? false,
      ignore,
      errors: errors === false ? undefined : optionsOf(errors),
      networkTraces: networkTraces ? optionsOf(networkTraces) : undefined,
      views: views ? optionsOf(views) : undefined,
      sessions: sessionSettings(sessions),
      outgoing: outgoingSettings(traces),
      instrument: instrument ?? [],
      url: own.url ?? process.env['COUNTLY_URL'],
      shutdownTimeout: own.shutdownTimeout ?? SHUTDOWN_MS,
      keptIn: keptIn(own),
      debug: own.debug ?? /^(1|true|yes|on)$/i.test(process.env['COUNTLY_DEBUG'] ?? ''),
      bootReport: bootReport ?? true,
      shutdownWarning: shutdownWarning ?? true,
    },
  };
}

function unreadableCarriers({ deviceId, carrier }: CountlyModuleOptions): ConfigProblem[] {
  const reads = [deviceId].flat().some((resolver) => typeof resolver === 'function' && readsCarrier(resolver));
  if (!reads || carrier !== undefined) return [];
  return [
    { option: 'carrier', expected: 'an object with a secret, because deviceId has fromCarrier()', actual: 'nothing' },
  ];
}

function anonymousSetting(
  value: CountlyModuleOptions['anonymous'],
  { appKey = process.env['COUNTLY_APP_KEY'], salt = process.env['COUNTLY_SALT'] }: CountlyModuleOptions,
): ModuleSettings['anonymous'] {
  if (value === 'none') return 'none';
  const options = value === 'cookie' ? {} : value;
  return typeof options === 'object' ? anonymousCookie(options, appKey, salt) : 'process';
}

function keptIn({ storage, durability, storageType }: CountlyOptions): ModuleSettings['keptIn'] {
  if (storage !== undefined) return 'storage';
  return durability === 'memory' || storageType === 'memory' ? 'memory' : 'journal';
}

function optionsOf<T extends object>(value: boolean | T | undefined): T {
  return typeof value === 'object' ? value : ({} as T);
}
