// The public list, by hand. Nothing else lives here.
export { type ClientStats, Countly, type FlushOptions } from './client/countly.js';
export type { ContextScope, RegisteredClient } from './client/current.js';
export {
  bindToClient,
  contextScope,
  registerClient,
  registeredClient,
  scopeFor,
  unregisterClient,
} from './client/current.js';
export { sanitizeDeviceId } from './client/device-id.js';
export { DeviceScope, type ScopeInit } from './client/device-scope.js';
export type {
  CrashOptions,
  DeviceTrace,
  EventOptions,
  NetworkTrace,
  OpenView,
  ScopeApi,
  Segmentation,
  SegmentValue,
  TimedEvent,
  TraceReport,
  ViewOptions,
} from './client/scope-api.js';
export { type Clock, systemClock } from './clock.js';
export { DEFAULT_LIMITS, type Limits } from './config/limits.js';
export type { CountlyOptions, DeliveryMode, Durability, LocationOptions } from './config/options.js';
export {
  type ConfigProblem,
  CountlyConfigError,
  CountlyDecoratorError,
  CountlyError,
  type CountlyErrorCode,
  isCountlyError,
} from './errors.js';
export { consoleLogger, type Logger, silentLogger } from './logger.js';
export type { DropReason } from './outbox/drop-reason.js';
export type { LedgerState } from './outbox/ledger.js';
export type { FlushResult } from './outbox/outbox.js';
export { prometheusText } from './outbox/prometheus.js';
export { CONSENT_FEATURES, type ConsentFeature } from './protocol/consent-feature.js';
export type { Delivery, HoldReason } from './protocol/delivery.js';
export type { Encoding } from './protocol/encode.js';
export type { Entry, EntryDraft, EntryFeature, EntryKind, SealedPath, SealedRequest } from './protocol/entry.js';
export type { Recovered, Storage, StorageListener, StorageStats } from './storage/storage.js';
export type { QueryResult, Transport, WireRequest } from './transport/transport.js';
