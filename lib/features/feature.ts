import type { Clock } from '../clock.js';
import type { Limits } from '../config/limits.js';
import type { Reporter } from '../logger.js';
import type { ConsentFeature } from '../protocol/consent-feature.js';
import type { DeviceIdType, EntryFeature, EntryKind } from '../protocol/entry.js';
import type { DeviceState } from './device-state.js';

/** Whom an entry is recorded for. */
export interface Target {
  readonly deviceId: string;
  readonly idType: DeviceIdType;
  /** Minutes east of UTC; undefined for the client's setting. */
  readonly tz: number | undefined;
  /** What was resolved for this unit of work; undefined leaves the device's own state to decide. */
  readonly consent: ReadonlySet<ConsentFeature> | undefined;
}

/**
 * What a feature may use of the house: a feature turns a call into an entry, and knows neither the client nor the way
 * the entry takes. Rules: never throw into the caller, check `isAllowed` first, serialise once.
 */
export interface FeaturePort {
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly limits: Limits;
  /** What is reported about this machine (contract §3.3); always has `_os` and `_app_version`. */
  readonly metrics: Readonly<Record<string, string>>;
  /** A timestamp for a new entry: strictly increasing milliseconds. */
  stamp(): number;
  /** Time zone offset that applies to the target. */
  offsetOf(target: Target, timestamp: number): number;
  isAllowed(target: Target, feature: ConsentFeature): boolean;
  /** The device's state if there is any. */
  peekState(deviceId: string): DeviceState | undefined;
  /** The device's state, made if need be. */
  stateOf(deviceId: string): DeviceState;
  record(target: Target, kind: EntryKind, feature: EntryFeature, timestamp: number, body: string): void;
  /** A call that is not recorded; it counts as accepted and dropped. */
  refuse(reason: 'consent' | 'invalid'): void;
  /** Removes what waits of these features for this device. */
  purge(deviceId: string, features: ReadonlySet<ConsentFeature>): void;
}
