import { isIP } from 'node:net';
import { isList } from '../check.js';
import type { CountlyOptions } from './options.js';
import * as is from './schema.js';

const optIn = { ...is.flag, usual: false };
const optOut = { ...is.flag, usual: true };
const off: is.Rule = { ...is.flag, expected: 'false', test: (value) => value === false };
const header = is.pattern('a header', /^[\t\x20-\x7e\x80-\xff]*$/);
const requestOptions = is.either(
  is.callback,
  is.shape('an object with headers', { headers: is.recordOf('an object of texts without line ends', header) }),
);
const pem: is.Rule = { expected: 'certificates in PEM', test: (v) => is.text.test(v) || v instanceof Uint8Array };
const scalar = is.either(is.anyText, is.finite, is.flag);
const nameToMask: is.Rule = { ...is.text, test: (value) => is.text.test(value) || value instanceof RegExp };

const deadLetter = is.shape('an object', { redact: is.listOf('a list of names and patterns', nameToMask) });

/** What each option of the client must be, and its default, if it has one; `nest/` adds its own. */
export const RULES = {
  url: {
    expected: 'an http:// or https:// URL, cut off before any "/dashboard", "?" or "#"',
    test: isServerUrl,
    shows: 'address',
  },
  appKey: is.pattern('the non-empty application key', /\S/),
  salt: is.pattern('a non-empty text', /\S/),
  deviceId: is.text,
  temporaryDeviceId: optIn,
  clearStoredDeviceId: optIn,
  name: { ...is.plainText, usual: 'default' },
  appVersion: { ...is.plainText, expected: 'a non-empty text such as "1.4.2"' },
  disabled: optIn,
  debug: optIn,
  testMode: optIn,
  logger: is.instanceOf('an object with the methods error, warn and log', 'error', 'warn', 'log'),
  requireConsent: optIn,
  consent: { ...is.features, usual: [] },
  consentGroups: { ...is.recordOf('an object of lists of features', is.features), usual: {} },
  session: { ...is.oneOf('automatic', 'manual'), usual: 'manual' },
  sessionUpdate: { ...is.seconds(1, 86_400), usual: 60 },
  locateSender: optIn,
  durability: { ...is.oneOf('memory', 'batched', 'sync'), usual: 'batched' },
  storageType: is.oneOf('file', 'memory'),
  storagePath: { ...is.text, expected: 'the path of a folder' },
  storage: is.instanceOf(
    'an object that implements Storage',
    ...['open', 'append', 'seal', 'settle', 'commit', 'commitSync', 'close', 'stats'],
  ),
  fleet: is.instanceOf('a fleet, such as redisFleet() makes', 'outbox'),
  transport: is.instanceOf('an object that implements Transport', 'send', 'query', 'close'),
  proxy: { ...is.either({ ...is.text, expected: 'the address of a proxy' }, off), shows: 'address' },
  ca: { ...pem, test: (value) => pem.test(value) || (isList(value) && value.every(pem.test)) },
  tls: { ...is.object, expected: 'an object as for tls.connect' },
  requestOptions,
  httpOptions: requestOptions,
  forcePost: is.flag,
  delivery: { ...is.oneOf('auto', 'single'), usual: 'auto' },
  encoding: { ...is.oneOf('json', 'form'), usual: 'json' },
  flushInterval: { ...is.milliseconds(0), usual: 2000 },
  interval: is.milliseconds(0),
  eventQueueSize: { ...is.whole(1), usual: 100 },
  maxEvents: { ...is.whole(1), usual: 500 },
  maxQueuedEntries: { ...is.whole(1), usual: 100_000 },
  queueSize: is.whole(1),
  maxQueuedBytes: { ...is.whole(1024, Number.MAX_SAFE_INTEGER, 'bytes'), usual: 64 * 1024 * 1024 },
  maxParallelRequests: { ...is.whole(1), usual: 8 },
  requestTimeout: { ...is.milliseconds(1), usual: 30_000 },
  failTimeout: { ...is.seconds(1), usual: 60 },
  dropRequestsOlderThan: { ...is.hours(0), usual: 0 },
  shutdownTimeout: { ...is.milliseconds(0), usual: 3000 },
  handleSignals: optIn,
  deadLetter: { ...is.either(off, deadLetter), usual: { redact: [] } },
  beforeSend: is.either(is.callback, is.listOf('a list of functions', is.callback)),
  rollUp: optIn,
  cardinalityBudget: { ...is.whole(0, 5000), usual: 800 },
  trackErrors: optIn,
  crashSegments: { ...is.recordOf('an object of texts, numbers and booleans', scalar), usual: {} },
  remoteConfig: { ...is.either(is.flag, is.callback), usual: false },
  remoteConfigMaxAge: { ...is.seconds(0), usual: 300 },
  serverSettings: optOut,
  sdkBehaviorSettings: { ...is.object, expected: 'settings as the server sends them', test: isSettings },
  backoffMechanism: optOut,
  healthCheck: optOut,
  userDetails: is.object,
  viewSegmentation: { ...is.object, usual: {} },
  maxDevices: { ...is.whole(1), usual: 10_000 },
  deviceIdleTimeout: { ...is.seconds(1), usual: 1800 },
  timezoneOffset: is.whole(-840, 840, 'minutes east of UTC'),
  metrics: { ...is.recordOf('an object of texts', is.anyText), usual: {} },
  countryCode: is.pattern('two letters such as "DE"', /^[A-Za-z]{2}$/, 'plain'),
  city: is.text,
  location: is.pattern('latitude and longitude such as "52.5,13.4"', /^-?\d+(\.\d+)?,-?\d+(\.\d+)?$/),
  ipAddress: { expected: 'an IP address', test: (value) => typeof value === 'string' && isIP(value) !== 0 },
  maxKeyLength: is.whole(1),
  maxValueSize: is.whole(1),
  maxSegmentationValues: is.whole(1),
  maxBreadcrumbCount: is.whole(1),
  maxLogs: is.whole(1),
  maxStackTraceLinesPerThread: is.whole(1),
  maxStackTraceLineLength: is.whole(1, 2000),
} as const satisfies { readonly [Name in keyof CountlyOptions]-?: is.Rule & { readonly usual?: CountlyOptions[Name] } };

/** What is in them is looked at when they are applied: a wrong one costs itself. */
function isSettings(value: unknown): boolean {
  if (typeof value !== 'string') return is.object.test(value);
  try {
    return is.object.test(JSON.parse(value));
  } catch {
    return false;
  }
}

function isServerUrl(value: unknown): boolean {
  return (
    typeof value === 'string' && /^\s*https?:[^?#]+$/i.test(value) && !/\/dashboard/.test(value) && URL.canParse(value)
  );
}
