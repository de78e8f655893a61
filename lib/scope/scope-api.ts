import type { ConsentFeature, Segmentation, SegmentValue } from '../protocol/entry.js';

export type { Segmentation, SegmentValue };

/** What `addEvent` takes beside the key. */
export interface EventOptions {
  /** How often it happened. A positive integer. @default 1 */
  readonly count?: number | undefined;
  /** A number to add up, such as a price: up to `Number.MAX_SAFE_INTEGER`, either way. */
  readonly sum?: number | undefined;
  /** How long it took, in seconds; fractions are kept to the microsecond. */
  readonly dur?: number | undefined;
  /** What it is broken down by: texts, numbers and booleans by name. */
  readonly segmentation?: Segmentation | undefined;
  /** When it happened, in milliseconds (13 digits) or seconds (10 digits) since the epoch, or a Date. @default now */
  readonly timestamp?: number | Date | undefined;
  /** Merge with equal events (same device, key and segmentation) of the same hour that wait in the same batch. */
  readonly rollUp?: boolean | undefined;
}

/** A running timed event. */
export interface RunningEvent {
  /** Key of the event. */
  readonly key: string;
  /** Records the event with the time since the start as `dur`. Later calls do nothing. */
  end(options?: Omit<EventOptions, 'dur'>): void;
  /** Forgets it; nothing is recorded. */
  cancel(): void;
}

/** What `trackView` takes beside the name. */
export interface ViewOptions {
  /** What it is broken down by. */
  readonly segmentation?: Segmentation | undefined;
  /**
   * The view lies beside others, such as a dialog beside its page, instead of taking the place of the one on display. It lasts
   * until its `end`, or the end of the session. @default false
   */
  readonly parallel?: boolean | undefined;
}

/** A view that has begun. No call throws or waits; after its end they do nothing. */
export interface OpenView {
  /** Name of the view. */
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

/** What `logError` takes beside the error. */
export interface CrashOptions {
  /** Whether it ended the process. @default false */
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

/** A trace of work in this process. Times are milliseconds. */
export interface DeviceTrace {
  /** Tells it from a network trace. */
  readonly type: 'device';
  /** What was done, such as `import rows`: one of few names. */
  readonly name: string;
  /** Start, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  /** Further numeric measurements. */
  readonly metrics?: Readonly<Record<string, number>> | undefined;
}

/** A trace of a request. Times are milliseconds. */
export interface NetworkTrace {
  /** Tells it from a device trace. */
  readonly type: 'network';
  /** A route template such as `GET /orders/:id`, never a raw URL. */
  readonly name: string;
  /** Start, in milliseconds since the epoch. @default `responseTimeMs` before now */
  readonly startedAt?: number | undefined;
  /** Milliseconds until it was answered. */
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
  /** Name of the trace. */
  readonly name: string;
  /** Reports the time since the start, with further measurements. Later calls do nothing. */
  end(metrics?: Readonly<Record<string, number>>): void;
  /** Forgets it; nothing is reported. */
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
  /** Address to answer to. */
  readonly email?: string | undefined;
  /** What the person wrote. */
  readonly comment?: string | undefined;
  /** Whether the person wants to be contacted. */
  readonly contactMe?: boolean | undefined;
  /** Where it was given. @default the platform of this machine */
  readonly platform?: string | undefined;
  /** Version of your application. @default the client's `appVersion` */
  readonly appVersion?: string | undefined;
}

/** An answer to an NPS widget. */
export interface NpsFeedback {
  /** Id of the widget in Countly. */
  readonly widgetId: string;
  /** 0 to 10; needed unless `closed`. */
  readonly rating?: number | undefined;
  /** What the person wrote. */
  readonly comment?: string | undefined;
  /** The person closed the widget without an answer. */
  readonly closed?: boolean | undefined;
  /** Where it was given. @default the platform of this machine */
  readonly platform?: string | undefined;
  /** Version of your application. @default the client's `appVersion` */
  readonly appVersion?: string | undefined;
}

/** Answers to a survey widget. */
export interface SurveyFeedback {
  /** Id of the widget in Countly. */
  readonly widgetId: string;
  /** Answers by the ids of their questions; needed unless `closed`. */
  readonly answers?: Readonly<Record<string, string | number>> | undefined;
  /** The person closed the widget without an answer. */
  readonly closed?: boolean | undefined;
  /** Where it was given. @default the platform of this machine */
  readonly platform?: string | undefined;
  /** Version of your application. @default the client's `appVersion` */
  readonly appVersion?: string | undefined;
}

/** Where a device is (docs/protocol.md §2.4). */
export interface DeviceLocationOptions {
  /** The person's address; the server derives the place from it. */
  readonly ip?: string | undefined;
  /** ISO 3166-1 alpha-2, such as `DE`. */
  readonly countryCode?: string | undefined;
  /** Name of the city; give the country with it. */
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
  /** Whom entries are recorded for; empty for nobody. */
  readonly deviceId: string;
  /** Whether entries of this feature are recorded for this device now. */
  isAllowed(feature: ConsentFeature): boolean;
  /** Records an event (docs/protocol.md §4). */
  addEvent(key: string, options?: EventOptions): void;
  /** Starts a timed event; its handle ends it. */
  startEvent(key: string): RunningEvent;
  /** Records a view; the one on display ends. */
  trackView(name: string, options?: ViewOptions): OpenView;
  /** Remembers a line that the next crash report carries. */
  addBreadcrumb(text: string): void;
  /** Reports an error, with the breadcrumbs of this scope (docs/protocol.md §6). */
  logError(error: unknown, options?: CrashOptions): void;
  /** Reports a trace of the application's performance (docs/protocol.md §7). */
  reportTrace(trace: TraceReport): void;
}
