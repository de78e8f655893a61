import type { ConsentFeature, Segmentation, SegmentValue } from '../protocol/entry.js';

export type { Segmentation, SegmentValue };

/** What `addEvent` takes beside the key. */
export interface EventOptions {
  /** How often it happened. A positive integer. @default 1 */
  readonly count?: number | undefined;
  /** A number to add up, such as a price. */
  readonly sum?: number | undefined;
  /** How long it took, in seconds; fractions are kept to the microsecond. */
  readonly dur?: number | undefined;
  readonly segmentation?: Segmentation | undefined;
  /** When it happened, in milliseconds (13 digits) or seconds (10 digits) since the epoch, or a Date. @default now */
  readonly timestamp?: number | Date | undefined;
  /** Merge with equal events (same device, key and segmentation) of the same hour that wait in the same batch. */
  readonly rollUp?: boolean | undefined;
}

/** A running timed event. */
export interface RunningEvent {
  readonly key: string;
  /** Records the event with the time since the start as `dur`. Later calls do nothing. */
  end(options?: Omit<EventOptions, 'dur'>): void;
  cancel(): void;
}

export interface ViewOptions {
  readonly segmentation?: Segmentation | undefined;
  /**
   * The view lies beside others, such as a dialog beside its page, instead of taking the place of the one on display. It lasts
   * until its `end`, or the end of the session. @default false
   */
  readonly parallel?: boolean | undefined;
}

/** A view that has begun. No call throws or waits; after its end they do nothing. */
export interface OpenView {
  readonly name: string;
  /** Its unique id, as the server knows it (`_idv`); empty when nothing was recorded. */
  readonly id: string;
  /** Stops its time: what the person does now is not its own. */
  pause(): void;
  /** Goes on with its time. */
  resume(): void;
  /** Adds segments that are told when it ends. */
  addSegmentation(segmentation: Segmentation): void;
  /** Reports how long it was shown. `durationSeconds` replaces the measured time. Later calls do nothing. */
  end(durationSeconds?: number): void;
}

export interface CrashOptions {
  /** @default false */
  readonly fatal?: boolean | undefined;
  /** Custom segments of the crash, flat. */
  readonly segmentation?: Segmentation | undefined;
  /** Layers (`Class.method`) the error crossed, innermost first. */
  readonly layers?: readonly string[] | undefined;
  /** When it happened, in milliseconds since the epoch. @default now */
  readonly timestamp?: number | undefined;
}

/** An APM trace (docs/protocol.md §7). Times are milliseconds. */
export type TraceReport = DeviceTrace | NetworkTrace;

export interface DeviceTrace {
  readonly type: 'device';
  readonly name: string;
  /** Start, in milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Further numeric measurements. */
  readonly metrics?: Readonly<Record<string, number>> | undefined;
}

export interface NetworkTrace {
  readonly type: 'network';
  /** A route template such as `GET /orders/:id`, never a raw URL. */
  readonly name: string;
  /** Start, in milliseconds since the epoch. @default `responseTimeMs` before now */
  readonly startedAt?: number | undefined;
  readonly responseTimeMs: number;
  /** HTTP status. */
  readonly responseCode: number;
  /** Bytes. @default 0 */
  readonly requestPayloadSize?: number | undefined;
  /** Bytes. @default 0 */
  readonly responsePayloadSize?: number | undefined;
}

/** A network trace as `recordNetworkTrace` takes it. */
export type NetworkTraceOptions = Omit<NetworkTrace, 'type'>;

/** A running device trace. */
export interface RunningTrace {
  readonly name: string;
  /** Reports the time since the start, with further measurements. Later calls do nothing. */
  end(metrics?: Readonly<Record<string, number>>): void;
  cancel(): void;
}

/** How a session lasts. */
export interface SessionOptions {
  /**
   * True: as long as the process does, extended every `sessionUpdate` seconds. False: as long as the device is active; it
   * ends by itself after `deviceIdleTimeout`.
   * @default true for the process's own device, false for any other
   */
  readonly heartbeat?: boolean | undefined;
}

/** An answer to a rating widget. */
export interface RatingFeedback {
  /** 1 to 5. */
  readonly rating: number;
  /** Without it a server files the rating under a widget called "undefined" (docs/protocol.md §17.9). */
  readonly widgetId?: string | undefined;
  readonly email?: string | undefined;
  readonly comment?: string | undefined;
  /** Whether the person wants to be contacted. */
  readonly contactMe?: boolean | undefined;
  /** @default the platform of this machine */
  readonly platform?: string | undefined;
  /** @default the client's `appVersion` */
  readonly appVersion?: string | undefined;
}

/** An answer to an NPS widget. */
export interface NpsFeedback {
  readonly widgetId: string;
  /** 0 to 10; needed unless `closed`. */
  readonly rating?: number | undefined;
  readonly comment?: string | undefined;
  /** The person closed the widget without an answer. */
  readonly closed?: boolean | undefined;
  readonly platform?: string | undefined;
  readonly appVersion?: string | undefined;
}

/** Answers to a survey widget. */
export interface SurveyFeedback {
  readonly widgetId: string;
  /** Answers by the ids of their questions; needed unless `closed`. */
  readonly answers?: Readonly<Record<string, string | number>> | undefined;
  readonly closed?: boolean | undefined;
  readonly platform?: string | undefined;
  readonly appVersion?: string | undefined;
}

/** Where a device is (docs/protocol.md §2.4). */
export interface DeviceLocationOptions {
  /** The person's address; the server derives the place from it. */
  readonly ip?: string | undefined;
  /** ISO 3166-1 alpha-2, such as `DE`. */
  readonly countryCode?: string | undefined;
  readonly city?: string | undefined;
  /** `latitude,longitude`. */
  readonly location?: string | undefined;
}

/**
 * What is known of the person or unit of work a scope stands for. Everything but `deviceId` and consent may have getters:
 * it is read when an entry first needs it, so a scope that records nothing costs next to nothing.
 */
export interface ScopeInit extends DeviceLocationOptions {
  /** Whom entries are recorded under; `null` for nobody: nothing is recorded then. @default the process's own device */
  readonly deviceId?: string | null | undefined;
  /** Features this person agreed to; needs `requireConsent`. @default what the device agreed to before */
  readonly consent?: Iterable<ConsentFeature> | undefined;
  /**
   * Features the person had agreed to as far as somebody else knew, such as the process that queued a job. Holds for this
   * scope alone and only while nothing is known of the device here; unlike `consent` it is no news for the server.
   */
  readonly assumedConsent?: Iterable<ConsentFeature> | undefined;
  /** The person's time zone: minutes east of UTC. @default the client's `timezoneOffset` */
  readonly timezoneOffset?: number | undefined;
  /** The person's language and country, such as `de_AT`; reported when a session begins. @default this machine's */
  readonly locale?: string | undefined;
  /** Further metrics of the person's device, such as `_os` or `_browser` (docs/protocol.md §3.3). @default this machine's */
  readonly metrics?: Readonly<Record<string, string>> | undefined;
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
