import { member, namesOf, shown, textFrom } from '../check.js';
import type { Dialect } from '../config/dialect.js';
import { DEFAULT_LIMITS, type Limits } from '../config/limits.js';
import type { CountlyOptions } from '../config/options.js';
import { optionProblems } from '../config/resolve.js';
import { camelCase, TOLD_FEATURES, words } from './calls.js';
import type { BulkConf, CountlyConf, SharedConf } from './conf.js';

type SettingName = keyof CountlyConf;

/** Settings that differ from an option of ours in spelling only. */
const SPELLED = words(`
  app_key url app_version country_code city ip_address debug interval queue_size fail_timeout max_events force_post salt
  test_mode require_consent http_options max_key_length max_value_size max_segmentation_values max_breadcrumb_count
  max_stack_trace_lines_per_thread max_stack_trace_line_length
`) as SettingName[];
/** The others; {@link clientOptions} and the start of a client know what they mean. */
const TRANSLATED = words(`
  device_id session_update clear_stored_device_id remote_config max_logs metrics storage_path storage_type
  custom_storage_method
`) as SettingName[];
const SETTING_NAMES = [...SPELLED, ...TRANSLATED];

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
  const given = spelledOptions(settings) as Readonly<Record<string, unknown>>;
  const limits = Object.entries(DEFAULT_LIMITS).map(([name, preset]) => [name, given[name] ?? preset]);
  return Object.fromEntries(limits) as Limits;
}

/** Options that work, and what had to be left out of the configuration for it. */
export interface Translated {
  readonly options: CountlyOptions;
  readonly problems: readonly string[];
}

/** The configuration of `Countly.init` as options of a client, without storage and device id. */
export function clientOptions(settings: CountlyConf): Translated {
  const { remote_config: told } = settings;
  const unusable: string[] = [];
  const { options, problems } = working({
    ...spelledOptions(settings),
    interval: settings.interval || INTERVAL_MS,
    appVersion: textFrom(settings.app_version) ?? settings.app_version ?? '0.0',
    // Sessions are extended here, where `stop_time` is known; the client is to say nothing in between.
    sessionUpdate: DAY_SECONDS,
    metrics: settings.metrics ? textsOf(settings.metrics, unusable) : undefined,
    // The official callback gets `false` when there is no error.
    remoteConfig: typeof told === 'function' ? (error, values) => told(error ?? false, { ...values }) : !!told,
  });
  return { options, problems: [...problems, ...unusable] };
}

/** The configuration of a bulk server as options of a client. */
export function bulkOptions(conf: BulkConf): Translated {
  return working({ ...spelledOptions(conf), interval: conf.interval || BULK_INTERVAL_MS, appVersion: '0.0' });
}

/** As the official SDK speaks for its own device: every request says where it is. */
export function clientDialect({ countryCode, city, ipAddress }: CountlyOptions): Dialect {
  const given = Object.entries({ country_code: countryCode, city, ip_address: ipAddress }).filter(([, value]) => value);
  const place = Object.fromEntries(given) as Record<string, string>;
  return { ...BULK_DIALECT, place: (allowed) => (allowed ? place : { location: '' }) };
}

/** As its bulk mode does: the place is the user's. */
export const BULK_DIALECT: Dialect = {
  bareMachine: true,
  followsScope: false,
  eventLinks: false,
  keepsDots: true,
  remoteConfigMethod: 'fetch_remote_config',
  consentMap: TOLD_FEATURES,
  place: () => ({}),
};

/** Falsy counts as not given. */
function spelledOptions(conf: SharedConf): CountlyOptions {
  return Object.fromEntries(SPELLED.map((name) => [camelCase(name), (conf as CountlyConf)[name] || undefined]));
}

/**
 * The official SDK starts with any configuration. So does this: what is unusable is left out and told, and without an
 * address or a key the client is disabled. A host must not break by a configuration that it started with so far.
 */
function working(given: { readonly [Name in keyof CountlyOptions]: CountlyOptions[Name] | undefined }): Translated {
  // An official configuration knows nothing of settings the server sends; they would change what it says.
  const options = { ...given, serverSettings: false, healthCheck: false, remoteConfigMaxAge: 0 } as CountlyOptions;
  const found = optionProblems(options);
  const problems = found.map(({ option, expected, actual }) => `${option} must be ${expected}, got ${actual}`);
  const bad = new Set(found.map(({ option }) => option.replace(/\..*/, '')));
  if (bad.has('url') || bad.has('appKey')) return { options: { disabled: true, debug: options.debug }, problems };
  const good = Object.entries(options).filter(([option]) => !bad.has(option));
  return { options: Object.fromEntries(good), problems };
}

/** Servers want texts in metrics (docs/protocol.md §3.3). */
function textsOf(metrics: unknown, problems: string[]): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const name of namesOf(metrics)) {
    const value = member(metrics, name);
    const text = typeof value === 'boolean' ? String(value) : textFrom(value);
    if (text !== undefined) texts[name] = text;
    else if (typeof value === 'object' && value) problems.push(`metrics.${name} must be a text, got ${shown(value)}`);
  }
  return texts;
}
