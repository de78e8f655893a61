import type { ConsentFeature } from '../protocol/consent-feature.js';

/** Values Countly keeps of a segmentation; anything else is turned into text or left out, with one warning. */
export type SegmentValue = string | number | boolean | readonly (string | number | boolean)[] | null | undefined;

/** Flat key–value pairs that an event, view or crash is broken down by. At most 100 keys by default. */
export type Segmentation = Readonly<Record<string, SegmentValue>>;

/** What `addEvent` takes beside the key. */
export interface EventOptions {
  /** How often it happened. A positive integer. @default 1 */
  readonly count?: number;
  /** A number to add up, such as a price. */
  readonly sum?: number;
  /** How long it took, in seconds; fractions are kept to the microsecond. */
  readonly dur?: number;
  readonly segmentation?: Segmentation;
  /** When it happened, in milliseconds (13 digits) or seconds (10 digits) since the epoch, or a Date. @default now */
  readonly timestamp?: number | Date;
  /** Merge with equal events (same device, key and segmentation) of the same hour that wait in the same batch. */
  readonly rollUp?: boolean;
}

/** A running timed event. */
export interface RunningEvent {
  readonly key: string;
  /** Records the event with the time since the start as `dur`. Later calls do nothing. */
  end(options?: Omit<EventOptions, 'dur'>): void;
  cancel(): void;
}

export interface ViewOptions {
  readonly segmentation?: Segmentation;
}

/** A view on display. */
export interface OpenView {
  readonly name: string;
  /** Reports how long it was shown. `durationSeconds` replaces the measured time. Later calls do nothing. */
  end(durationSeconds?: number): void;
}

export interface CrashOptions {
  /** @default false */
  readonly fatal?: boolean;
  /** Custom segments of the crash, flat. */
  readonly segmentation?: Segmentation;
  /** Layers (`Class.method`) the error crossed, innermost first. */
  readonly layers?: readonly string[];
  /** When it happened, in milliseconds since the epoch. @default now */
  readonly timestamp?: number;
}

/** An APM trace (contract §7). Times are milliseconds. */
export type TraceReport = DeviceTrace | NetworkTrace;

export interface DeviceTrace {
  readonly type: 'device';
  readonly name: string;
  /** Start, in milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Further numeric measurements. */
  readonly metrics?: Readonly<Record<string, number>>;
}

export interface NetworkTrace {
  readonly type: 'network';
  /** A route template such as `GET /orders/:id`, never a raw URL. */
  readonly name: string;
  /** Start, in milliseconds since the epoch. */
  readonly startedAt: number;
  readonly responseTimeMs: number;
  /** HTTP status. */
  readonly responseCode: number;
  /** Bytes. @default 0 */
  readonly requestPayloadSize?: number;
  /** Bytes. @default 0 */
  readonly responsePayloadSize?: number;
}

/**
 * Everything that can be recorded for one device. A `DeviceScope` has it, and the client itself has it for the process's
 * own device. No call here ever throws, waits or changes what the caller gets.
 */
export interface ScopeApi {
  readonly deviceId: string;
  /** Whether entries of this feature are recorded for this device now. */
  isAllowed(feature: ConsentFeature): boolean;
  addEvent(key: string, options?: EventOptions): void;
  startEvent(key: string): RunningEvent;
  trackView(name: string, options?: ViewOptions): OpenView;
  addBreadcrumb(text: string): void;
  logError(error: unknown, options?: CrashOptions): void;
  reportTrace(trace: TraceReport): void;
}
