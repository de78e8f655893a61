import { member, namesOf, shown, textFrom } from '../check.js';
import type { Dialect } from '../config/dialect.js';
import { DEFAULT_LIMITS, type Limits } from '../config/limits.js';
import type { CountlyOptions } from '../config/options.js';
import { optionProblems } from '../config/resolve.js';
import type { BulkConf, CountlyConf, FetchCallback, SharedConf } from './conf.js';
import { TOLD_FEATURES } from './consent.js';

/** Every setting of `init`, with the option of ours that differs in spelling only; the rest is in {@link clientOptions}. */
const SETTINGS: Readonly<Record<keyof CountlyConf, keyof CountlyOptions | undefined>> = {
  app_key: 'appKey',
  url: 'url',
  device_id: undefined,
  app_version: 'appVersion',
  country_code: 'countryCode',
  city: 'city',
  ip_address: 'ipAddress',
  debug: 'debug',
  interval: 'interval',
  queue_size: 'queueSize',
  fail_timeout: 'failTimeout',
  session_update: undefined,
  max_events: 'maxEvents',
  force_post: 'forcePost',
  salt: 'salt',
  clear_stored_device_id: undefined,
  test_mode: 'testMode',
  require_consent: 'requireConsent',
  remote_config: undefined,
  http_options: 'httpOptions',
  max_logs: undefined,
  max_key_length: 'maxKeyLength',
  max_value_size: 'maxValueSize',
  max_segmentation_values: 'maxSegmentationValues',
  max_breadcrumb_count: 'maxBreadcrumbCount',
  max_stack_trace_lines_per_thread: 'maxStackTraceLinesPerThread',
  max_stack_trace_line_length: 'maxStackTraceLineLength',
  metrics: undefined,
  storage_path: undefined,
  storage_type: undefined,
  custom_storage_method: undefined,
};
const SETTING_NAMES = Object.keys(SETTINGS) as (keyof CountlyConf)[];

/** The official SDK looks every half second; a server that starts with the default of ours would wait longer. */
const INTERVAL_MS = 500;
const BULK_INTERVAL_MS = 5000;
const DAY_SECONDS = 86_400;

/** Settings as properties, with the limits that apply as the official SDK shows them. */
export type Settings = Omit<CountlyConf, 'device_id'> & { -readonly [Name in keyof Limits]: Limits[Name] };

/** The settable properties of `Countly`. After `init` they say what applies. */
export const CountlySettings = class {
  constructor() {
    for (const name of SETTING_NAMES) if (name !== 'device_id') Object.assign(this, { [name]: undefined });
    Object.assign(this, DEFAULT_LIMITS);
  }
} as new () => Settings;

/** What `init` was given, and for what it was not given the property that was set before. Falsy counts as not given. */
export function settingsOf(conf: unknown, preset: unknown): CountlyConf {
  const given = SETTING_NAMES.map((name) => [name, member(conf, name) || member(preset, name) || undefined] as const);
  const settings = Object.fromEntries(given) as CountlyConf;
  settings.max_breadcrumb_count ||= settings.max_logs;
  return settings;
}

/** The limits of settings, under the names the official SDK shows them by. */
export function limitsOf(settings: CountlyConf): Limits {
  const given = SETTING_NAMES.flatMap((name) => (settings[name] ? [[SETTINGS[name], settings[name]]] : []));
  const limits: Readonly<Record<string, unknown>> = Object.fromEntries(given);
  const names = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[];
  return Object.fromEntries(names.map((name) => [name, limits[name] ?? DEFAULT_LIMITS[name]])) as unknown as Limits;
}

/** Options that work, and what had to be left out of the configuration for it. */
export interface Translated {
  readonly options: CountlyOptions;
  readonly problems: readonly string[];
}

/** The configuration of `Countly.init` as options of a client, without storage and device id. */
export function clientOptions(settings: CountlyConf): Translated {
  const { remote_config } = settings;
  const metrics = textsOf(settings.metrics);
  const { options, problems } = working({
    ...common(settings),
    interval: settings.interval || INTERVAL_MS,
    appVersion: settings.app_version || '0.0',
    // Sessions are extended here, where `stop_time` is known; the client is to say nothing in between.
    sessionUpdate: DAY_SECONDS,
    metrics: metrics.texts,
    remoteConfig: typeof remote_config === 'function' ? toRemoteConfigCallback(remote_config) : !!remote_config,
  });
  return { options, problems: [...problems, ...metrics.problems] };
}

/** The configuration of a bulk server as options of a client. */
export function bulkOptions(conf: BulkConf): Translated {
  return working({ ...common(conf), interval: conf.interval || BULK_INTERVAL_MS, appVersion: '0.0' });
}

/** As the official SDK speaks for its own device: every request says where it is. */
export function clientDialect({ countryCode, city, ipAddress }: CountlyOptions): Dialect {
  const place: Record<string, string> = {};
  if (countryCode) place['country_code'] = countryCode;
  if (city) place['city'] = city;
  if (ipAddress) place['ip_address'] = ipAddress;
  return { ...BULK_DIALECT, place: (allowed) => (allowed ? place : { location: '' }) };
}

/** As its bulk mode does: the place is the user's. */
export const BULK_DIALECT: Dialect = {
  bareMachine: true,
  remoteConfigMethod: 'fetch_remote_config',
  consentMap: TOLD_FEATURES,
  place: () => ({}),
};

/** The official callback gets `false` when there is no error. */
function toRemoteConfigCallback(callback: FetchCallback) {
  return (error: Error | undefined, values: Readonly<Record<string, unknown>>): void =>
    callback(error ?? false, { ...values });
}

function common(conf: SharedConf): CountlyOptions {
  const given = conf as CountlyConf;
  const options: Record<string, unknown> = {};
  for (const name of SETTING_NAMES) {
    const own = SETTINGS[name];
    if (own !== undefined) options[own] = given[name] || undefined;
  }
  // An official configuration knows nothing of settings the server sends; they would change what it says.
  return { ...options, serverSettings: false };
}

/**
 * The official SDK starts with any configuration. So does this: what is unusable is left out and told, and without an
 * address or a key the client is disabled. A host must not break by a configuration that it started with so far.
 */
function working(given: { readonly [Name in keyof CountlyOptions]: CountlyOptions[Name] | undefined }): Translated {
  const options = given as CountlyOptions;
  const found = optionProblems(options);
  const problems = found.map(({ option, expected, actual }) => `${option} must be ${expected}, got ${actual}`);
  const bad = new Set(found.map(({ option }) => option.replace(/\..*/, '')));
  if (bad.has('url') || bad.has('appKey')) return { options: { disabled: true, debug: options.debug }, problems };
  const good = Object.entries(options).filter(([option]) => !bad.has(option));
  return { options: Object.fromEntries(good), problems };
}

/** Servers want texts in metrics (docs/protocol.md §3.3). */
function textsOf(metrics: unknown): { texts: Record<string, string> | undefined; problems: string[] } {
  const texts: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of namesOf(metrics)) {
    const value = member(metrics, name);
    const text = typeof value === 'boolean' ? String(value) : textFrom(value);
    if (text !== undefined) texts[name] = text;
    else if (typeof value === 'object' && value !== null)
      problems.push(`metrics.${name} must be a text, got ${shown(value)}`);
  }
  return { texts: metrics ? texts : undefined, problems };
}
