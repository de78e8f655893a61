import { isIP } from 'node:net';
import { z } from 'zod';
import { CONSENT_FEATURES } from '../protocol/consent-feature.js';
import type { CountlyOptions } from './options.js';

/** What an option must be, and how to say so. */
export interface Rule {
  readonly expected: string;
  accepts(value: unknown): boolean;
}

function rule(type: z.ZodType, expected: string): Rule {
  return { expected, accepts: (value) => type.safeParse(value).success };
}

const isHttpUrl = (value: string) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const having = (methods: readonly string[]) =>
  z.custom<object>((value) => isObject(value) && methods.every((name) => typeof value[name] === 'function'));
const callable = z.custom<object>((value) => typeof value === 'function');
const scalar = z.union([z.string(), z.number(), z.boolean()]);

const flag = rule(z.boolean(), 'true or false');
const text = rule(z.string().min(1), 'a non-empty text');
const whole = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  rule(
    z.number().int().min(min).max(max),
    max === Number.MAX_SAFE_INTEGER ? `a whole number, ${min} or more` : `a whole number between ${min} and ${max}`,
  );
const atLeast = (min: number, unit: string) => rule(z.number().min(min), `${unit}, ${min} or more`);
const features = z.array(z.enum(CONSENT_FEATURES));
const headers = rule(
  z.union([callable, z.object({ headers: z.record(z.string(), z.string()).optional() })]),
  'a function, or an object with headers',
);

/** One rule for each option. Missing options are not asked. */
export const RULES: Readonly<Record<keyof CountlyOptions, Rule>> = {
  url: rule(z.string().min(1).refine(isHttpUrl), 'an http:// or https:// URL'),
  appKey: rule(z.string().min(1), 'the non-empty application key'),
  salt: text,
  deviceId: text,
  temporaryDeviceId: flag,
  clearStoredDeviceId: flag,
  name: text,
  appVersion: rule(z.string().min(1), 'a non-empty text such as "1.4.2"'),
  disabled: flag,
  debug: flag,
  testMode: flag,
  logger: rule(having(['error', 'warn', 'log']), 'an object with the methods error, warn and log'),
  requireConsent: flag,
  consent: rule(features, `a list of ${CONSENT_FEATURES.join(', ')}`),
  consentGroups: rule(z.record(z.string(), features), 'an object of lists of features'),
  session: rule(z.enum(['automatic', 'manual']), '"automatic" or "manual"'),
  sessionUpdate: rule(z.number().min(1).max(86_400), 'seconds, between 1 and 86400'),
  locateSender: flag,
  durability: rule(z.enum(['memory', 'batched', 'sync']), '"memory", "batched" or "sync"'),
  storageType: rule(z.enum(['file', 'memory']), '"file" or "memory"'),
  storagePath: rule(z.string().min(1), 'the path of a folder'),
  storage: rule(
    having(['open', 'append', 'seal', 'settle', 'commit', 'commitSync', 'close', 'stats']),
    'an object that implements Storage',
  ),
  transport: rule(having(['send', 'query', 'close']), 'an object that implements Transport'),
  proxy: rule(z.union([z.literal(false), z.string().min(1)]), 'the address of a proxy, or false'),
  ca: rule(
    z.union([z.string().min(1), z.instanceof(Uint8Array), z.array(z.union([z.string(), z.instanceof(Uint8Array)]))]),
    'certificates in PEM',
  ),
  tls: rule(z.custom(isObject), 'an object as for tls.connect'),
  requestOptions: headers,
  httpOptions: headers,
  forcePost: flag,
  delivery: rule(z.enum(['auto', 'single']), '"auto" or "single"'),
  encoding: rule(z.enum(['json', 'form']), '"json" or "form"'),
  flushInterval: atLeast(0, 'milliseconds'),
  interval: atLeast(0, 'milliseconds'),
  eventQueueSize: whole(1),
  maxEvents: whole(1),
  maxQueuedEntries: whole(1),
  queueSize: whole(1),
  maxQueuedBytes: rule(z.number().int().min(1024), 'bytes, 1024 or more'),
  maxParallelRequests: whole(1),
  requestTimeout: atLeast(1, 'milliseconds'),
  failTimeout: atLeast(1, 'seconds'),
  dropRequestsOlderThan: atLeast(0, 'hours'),
  shutdownTimeout: atLeast(0, 'milliseconds'),
  handleSignals: flag,
  deadLetter: rule(
    z.union([
      z.literal(false),
      z.strictObject({ redact: z.array(z.union([z.string().min(1), z.instanceof(RegExp)])).optional() }),
    ]),
    'false, or an object with redact: a list of names and patterns',
  ),
  beforeSend: rule(z.union([callable, z.array(callable)]), 'a function or a list of functions'),
  rollUp: flag,
  trackErrors: flag,
  crashSegments: rule(z.record(z.string(), scalar), 'an object of texts, numbers and booleans'),
  remoteConfig: rule(z.union([z.boolean(), callable]), 'true, false or a function'),
  serverSettings: flag,
  maxDevices: whole(1),
  deviceIdleTimeout: atLeast(1, 'seconds'),
  timezoneOffset: rule(z.number().int().min(-840).max(840), 'minutes east of UTC between -840 and 840'),
  metrics: rule(z.record(z.string(), z.string()), 'an object of texts'),
  countryCode: rule(z.string().regex(/^[A-Za-z]{2}$/), 'two letters such as "DE"'),
  city: text,
  location: rule(z.string().regex(/^-?\d+(\.\d+)?,-?\d+(\.\d+)?$/), 'latitude and longitude such as "52.5,13.4"'),
  ipAddress: rule(
    z.string().refine((value) => isIP(value) !== 0),
    'an IP address',
  ),
  maxKeyLength: whole(1),
  maxValueSize: whole(1),
  maxSegmentationValues: whole(1),
  maxBreadcrumbCount: whole(1),
  maxLogs: whole(1),
  maxStackTraceLinesPerThread: whole(1),
  maxStackTraceLineLength: whole(1, 2000),
};
