import type { ConnectionOptions } from 'node:tls';
import type { RequestOptions } from '../http/request-options.js';
import type { Transport } from '../http/transport.js';
import type { Storage } from '../journal/storage.js';
import { consoleLogger, type Logger } from '../logger.js';
import type { ConsentFeature } from '../protocol/consent-feature.js';
import type { Encoding } from '../protocol/encode.js';
import type { BeforeSend } from './before-send.js';
import { DEFAULT_LIMITS, type Limits } from './limits.js';
import type { CountlyOptions, DeliveryMode, Durability, LocationOptions, RemoteConfigCallback } from './options.js';

/** Options with every default filled in. Frozen; the caller's object is neither kept nor changed. */
export interface ResolvedOptions {
  readonly url: string;
  readonly appKey: string;
  readonly salt: string | undefined;
  readonly deviceId: string | undefined;
  readonly temporaryDeviceId: boolean;
  readonly clearStoredDeviceId: boolean;
  readonly name: string;
  readonly appVersion: string | undefined;
  readonly disabled: boolean;
  readonly testMode: boolean;
  readonly logger: Logger;
  readonly requireConsent: boolean;
  readonly consent: readonly ConsentFeature[];
  readonly consentGroups: Readonly<Record<string, readonly ConsentFeature[]>>;
  readonly session: 'automatic' | 'manual';
  readonly sessionUpdate: number;
  readonly locateSender: boolean;
  readonly durability: Durability;
  readonly storagePath: string | undefined;
  readonly storage: Storage | undefined;
  readonly transport: Transport | undefined;
  readonly proxy: string | false | undefined;
  readonly ca: ConnectionOptions['ca'] | undefined;
  readonly tls: ConnectionOptions | undefined;
  readonly requestOptions: RequestOptions | undefined;
  readonly delivery: DeliveryMode;
  readonly encoding: Encoding;
  readonly flushInterval: number;
  readonly eventQueueSize: number;
  readonly maxEvents: number;
  readonly maxQueuedEntries: number;
  readonly maxQueuedBytes: number;
  readonly maxParallelRequests: number;
  readonly requestTimeout: number;
  readonly failTimeout: number;
  readonly dropRequestsOlderThan: number;
  readonly shutdownTimeout: number;
  readonly handleSignals: boolean;
  readonly deadLetter: false | { readonly redact: readonly (string | RegExp)[] };
  readonly beforeSend: readonly BeforeSend[];
  readonly rollUp: boolean;
  readonly trackErrors: boolean;
  readonly crashSegments: Readonly<Record<string, string | number | boolean>>;
  readonly remoteConfig: boolean | RemoteConfigCallback;
  readonly serverSettings: boolean;
  readonly maxDevices: number;
  readonly deviceIdleTimeout: number;
  readonly timezoneOffset: number | undefined;
  readonly metrics: Readonly<Record<string, string>>;
  readonly location: LocationOptions;
  readonly limits: Limits;
}

const DEFAULTS = {
  name: 'default',
  temporaryDeviceId: false,
  clearStoredDeviceId: false,
  disabled: false,
  testMode: false,
  requireConsent: false,
  session: 'manual',
  sessionUpdate: 60,
  locateSender: false,
  encoding: 'json',
  eventQueueSize: 100,
  maxEvents: 500,
  maxQueuedBytes: 64 * 1024 * 1024,
  maxParallelRequests: 8,
  requestTimeout: 30_000,
  failTimeout: 60,
  dropRequestsOlderThan: 0,
  shutdownTimeout: 5000,
  handleSignals: false,
  rollUp: false,
  trackErrors: false,
  remoteConfig: false,
  serverSettings: true,
  maxDevices: 10_000,
  deviceIdleTimeout: 1800,
} as const satisfies Partial<ResolvedOptions>;

/** Valid options, completed. */
export function withDefaults(options: CountlyOptions): ResolvedOptions {
  const { countryCode, city, location, ipAddress, beforeSend, queueSize } = options;
  const given = options as Readonly<Record<string, unknown>>;
  const plain = Object.fromEntries(
    Object.entries(DEFAULTS).map(([name, value]) => [name, given[name] ?? value]),
  ) as unknown as { [Name in keyof typeof DEFAULTS]: ResolvedOptions[Name] };
  const limits = Object.fromEntries(
    Object.entries(DEFAULT_LIMITS).map(([name, value]) => [name, given[name] ?? value]),
  ) as unknown as Limits;
  return Object.freeze({
    ...plain,
    url: (options.url ?? '').replace(/\/+$/, ''),
    appKey: options.appKey ?? '',
    salt: options.salt,
    deviceId: options.deviceId,
    appVersion: options.appVersion,
    logger: options.logger ?? consoleLogger(options.debug ?? false),
    consent: Object.freeze([...(options.consent ?? [])]),
    consentGroups: Object.freeze({ ...options.consentGroups }),
    durability: options.durability ?? (options.storageType === 'memory' ? 'memory' : 'batched'),
    storagePath: options.storagePath,
    storage: options.storage,
    transport: options.transport,
    proxy: options.proxy,
    ca: options.ca,
    tls: options.tls,
    requestOptions: options.requestOptions ?? options.httpOptions,
    // Bulk requests of an app with a salt are lost by every server (docs/protocol.md §2.6).
    delivery: options.salt === undefined ? (options.delivery ?? 'auto') : 'single',
    flushInterval: options.flushInterval ?? options.interval ?? 2000,
    maxQueuedEntries:
      options.maxQueuedEntries ?? (queueSize === undefined ? 100_000 : queueSize * plain.eventQueueSize),
    deadLetter:
      options.deadLetter === false
        ? false
        : Object.freeze({ redact: Object.freeze([...(options.deadLetter?.redact ?? [])]) }),
    beforeSend: Object.freeze(beforeSend === undefined ? [] : [beforeSend].flat()),
    crashSegments: Object.freeze({ ...options.crashSegments }),
    timezoneOffset: options.timezoneOffset,
    metrics: Object.freeze({ ...options.metrics }),
    location: Object.freeze({ countryCode, city, location, ipAddress }),
    limits: Object.freeze({
      ...limits,
      maxBreadcrumbCount: options.maxBreadcrumbCount ?? options.maxLogs ?? limits.maxBreadcrumbCount,
    }),
  });
}
