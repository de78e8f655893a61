import type { CountlyOptions } from '../config/options.js';
import { optionProblems } from '../config/resolve.js';
import type { BulkConf, CountlyConf, FetchCallback, SharedConf } from './conf.js';

/** Options that work, and what had to be left out of the configuration for it. */
export interface Translated {
  readonly options: CountlyOptions;
  readonly problems: readonly string[];
}

/** Official name → ours. Names that differ only in spelling; the rest is in {@link clientOptions}. */
const SAME: Readonly<Record<string, keyof CountlyOptions>> = {
  app_key: 'appKey',
  url: 'url',
  debug: 'debug',
  interval: 'interval',
  fail_timeout: 'failTimeout',
  max_events: 'maxEvents',
  force_post: 'forcePost',
  salt: 'salt',
  http_options: 'httpOptions',
  max_key_length: 'maxKeyLength',
  max_value_size: 'maxValueSize',
  max_segmentation_values: 'maxSegmentationValues',
  max_breadcrumb_count: 'maxBreadcrumbCount',
  max_stack_trace_lines_per_thread: 'maxStackTraceLinesPerThread',
  max_stack_trace_line_length: 'maxStackTraceLineLength',
  app_version: 'appVersion',
  country_code: 'countryCode',
  city: 'city',
  ip_address: 'ipAddress',
  queue_size: 'queueSize',
  test_mode: 'testMode',
  require_consent: 'requireConsent',
};

/** The official SDK looks every half second; a server that starts with the default of ours would wait longer. */
const INTERVAL_MS = 500;
const BULK_INTERVAL_MS = 5000;
const DAY_SECONDS = 86_400;

/** The configuration of `Countly.init` as options of a client, without storage and device id. */
export function clientOptions(conf: CountlyConf): Translated {
  const { metrics, remote_config, max_breadcrumb_count, max_logs } = conf;
  return working({
    ...common(conf),
    interval: conf.interval || INTERVAL_MS,
    appVersion: conf.app_version || '0.0',
    maxBreadcrumbCount: max_breadcrumb_count || max_logs || undefined,
    // Sessions are extended here, where `stop_time` is known; the client is to say nothing in between.
    sessionUpdate: DAY_SECONDS,
    metrics: metrics ? textsOf(metrics) : undefined,
    remoteConfig: typeof remote_config === 'function' ? toRemoteConfigCallback(remote_config) : !!remote_config,
  });
}

/** The configuration of a bulk server as options of a client. */
export function bulkOptions(conf: BulkConf): Translated {
  return working({ ...common(conf), interval: conf.interval || BULK_INTERVAL_MS, appVersion: '0.0' });
}

/** The official callback gets `false` when there is no error. */
export function toRemoteConfigCallback(callback: FetchCallback) {
  return (error: Error | undefined, values: Readonly<Record<string, unknown>>): void =>
    callback(error ?? false, { ...values });
}

function common(conf: SharedConf): CountlyOptions {
  const given = conf as Readonly<Record<string, unknown>>;
  const options: Record<string, unknown> = {};
  for (const [official, own] of Object.entries(SAME)) options[own] = given[official] || undefined;
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
function textsOf(metrics: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metrics)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, String(value)]),
  );
}
