// Everything the page and the server say to each other. Types only: nothing here may import an implementation.
//
// All times are milliseconds since 1970, all durations milliseconds unless the name says otherwise. Lists come newest
// first. What names a window counts by arrival at the inspector, not by the sender's clock.
//
//   GET  /api/summary                     Summary
//   GET  /api/status                      Status            is it working: requests, senders, keys, the clients' own ledgers
//   GET  /api/rejections                  Rejections
//   GET  /api/keys                        EventKeys
//   GET  /api/view-names                  ViewNames
//   GET  /api/trace-names                 TraceNames
//   GET  /api/error-groups                ErrorGroups
//   GET  /api/problem-groups              ProblemGroups
//   GET  /api/rules                       Rules
//   GET  /api/plan                        Plan
//   GET  /api/faults                      Faults
//   GET  /api/settings                    SettingsAnswer
//   GET  /api/<list>                      ListAnswer        events views sessions errors traces problems entries consents
//                                                           merges devices profiles requests; see ListQuery
//   GET  /api/export/<list>?format=       a file            json | ndjson | csv, with the filters of the list
//   GET  /api/requests/<id>               RequestDetail
//   GET  /api/devices/<id>                DeviceDetail      ?app=
//   GET  /api/devices/<id>/timeline       Timeline          ?app=&limit=&before=
//   GET  /api/devices?q=                  device search: part of the id, the name, the mail address
//   GET  /api/code                        Code              every woven method, also those that never fired
//   GET  /api/code/<id>                   CodeDetail
//   GET  /api/units                       Units             ?device=&cursor=&limit=   host requests, newest first
//   GET  /api/units/<id>                  UnitDetail        everything one host request recorded
//   GET  /api/series?window=              Series
//   GET  /api/latency?of=&window=         Latency
//   GET  /api/histogram?of=&name=&field=  Histogram
//   GET  /api/breakdown?key=&segment=     Breakdown
//   GET  /api/segments?key=               Segments          names of segments to break down by
//   GET  /api/funnel?step=&step=          Funnel
//   GET  /api/search?q=                   Search
//   GET  /api/stream                      server-sent events, see LiveMessages
//   POST /api/faults                      FaultsChanged     a fault adds, a list of faults replaces all
//   DELETE /api/faults[/<id>]             Faults
//   POST /api/settings                    SettingsAnswer    a SettingsChange
//   POST /api/reset                       { reset: true }
//
// A wrong question is answered 400 { error }, an unknown thing 404 { error }.

/** A window by arrival. @default 'all' */
export type Window = '1m' | '5m' | '30m' | 'all';

export type Level = 'E' | 'W' | 'N';

/** Answer to a question that cannot be answered. */
export interface ApiError {
  readonly error: string;
}

// --- Is it working? ---------------------------------------------------------------------------------------------------

export interface Totals {
  readonly requests: number;
  readonly entries: number;
  readonly devices: number;
  /** Without views, here as everywhere. */
  readonly events: number;
  readonly views: number;
  readonly sessions: number;
  readonly open_sessions: number;
  readonly errors: number;
  readonly traces: number;
  readonly profiles: number;
  readonly problems_e: number;
  readonly problems_w: number;
  readonly problems_n: number;
  /** Requests that were refused, in whole or in part. */
  readonly rejected: number;
}

export interface Summary {
  readonly now: number;
  readonly totals: Totals;
  /** The last 30 minutes, oldest first, one element a minute. */
  readonly activity: readonly { readonly at: number; readonly requests: number; readonly events: number }[];
  readonly server: {
    readonly database: string;
    readonly appKey: string | null;
    readonly salted: boolean;
    readonly paused: boolean;
    readonly faults: number;
    readonly version: string;
    /** What an SDK takes as its server URL. */
    readonly url: string;
  };
}

export interface Status {
  readonly now: number;
  /** `empty`: nothing came yet · `refused`: the last request was refused · `partly`: some were · `good`. */
  readonly state: 'empty' | 'good' | 'partly' | 'refused';
  readonly requests: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly lastRequest: LastRequest | null;
  readonly lastRejected: LastRequest | null;
  /** Why requests were refused, the newest first; the same groups as `/api/rejections`. */
  readonly reasons: readonly RejectionGroup[];
  /** Who sent: by user agent, address and SDK, the newest first. */
  readonly senders: readonly Sender[];
  readonly appKeys: readonly AppKey[];
  /** countly-weave clients that recognised this inspector, with what they say of themselves. */
  readonly clients: readonly OfferedClient[];
}

export interface LastRequest {
  readonly id: number;
  readonly at: number;
  readonly target: string;
  readonly status: number | null;
  readonly outcome: string;
  readonly app_key: string | null;
  readonly user_agent: string | null;
}

export interface Sender {
  readonly user_agent: string | null;
  readonly remote: string | null;
  readonly sdk_name: string | null;
  readonly sdk_version: string | null;
  readonly requests: number;
  readonly rejected: number;
  readonly first: number;
  readonly last: number;
}

export interface AppKey {
  /** `null`: requests without one. */
  readonly app_key: string | null;
  readonly requests: number;
  readonly rejected: number;
  readonly last: number;
}

/** One running client, by its own word. */
export interface OfferedClient {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly pid: number;
  readonly hostname: string;
  readonly startedAt: number;
  /** When it said so. */
  readonly at: number;
  readonly closed: boolean;
  readonly ledger: Ledger;
}

/** `accepted = delivered + pending + the sum of dropped`. */
export interface Ledger {
  readonly accepted: number;
  readonly delivered: number;
  readonly pending: number;
  /** By reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

export interface RejectionGroup {
  readonly target: string;
  readonly status: number | null;
  readonly answer: string | null;
  readonly app_key: string | null;
  readonly count: number;
  readonly last: number;
  /** The newest of them. */
  readonly request_id: number;
  /** What to do about it. */
  readonly remedy: string;
}

export interface Rejections {
  readonly rejected: number;
  readonly requests: number;
  readonly groups: readonly RejectionGroup[];
}

// --- What came, by name -----------------------------------------------------------------------------------------------

/** Percentiles and histograms are of buckets (at most 4 % wide); counts and sums are exact. */
export interface EventKeys {
  /** Upper bounds of `histogram` in milliseconds; one more bucket takes the rest. */
  readonly buckets: readonly number[];
  readonly total: number;
  readonly keys: readonly EventKey[];
}

export interface EventKey {
  readonly key: string;
  readonly events: number;
  readonly count: number;
  readonly sum: number | null;
  /** Seconds. */
  readonly dur: number | null;
  readonly timed: number;
  readonly devices: number;
  readonly last: number;
  readonly histogram: readonly number[] | null;
  readonly p50: number | null;
  readonly p95: number | null;
  /** Woven methods that made events of this key. */
  readonly methods: readonly MethodRef[];
}

export interface ViewNames {
  readonly total: number;
  readonly names: readonly ViewName[];
}

export interface ViewName {
  readonly name: string;
  readonly visits: number;
  readonly visitors: number;
  readonly landings: number;
  readonly devices: number;
  readonly seconds: number | null;
  readonly last: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly methods: readonly MethodRef[];
}

export interface TraceNames {
  readonly buckets: readonly number[];
  readonly total: number;
  readonly names: readonly TraceName[];
}

export interface TraceName {
  readonly type: string;
  readonly name: string;
  readonly count: number;
  readonly max: number | null;
  /** Network answers of 400 and more. */
  readonly failed: number;
  readonly last: number;
  readonly histogram: readonly number[] | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly methods: readonly MethodRef[];
}

export interface ErrorGroups {
  readonly total: number;
  readonly groups: readonly ErrorGroup[];
}

/** Crashes as a server files them; the fields of the report are those of the newest one. */
export interface ErrorGroup {
  readonly group_hash: string;
  readonly reports: number;
  readonly devices: number;
  readonly first: number;
  readonly last: number;
  /** Row of the newest report. */
  readonly id: number;
  readonly name: string;
  readonly error: string;
  readonly nonfatal: boolean;
  /** Breadcrumbs, a line each. */
  readonly logs: string | null;
  readonly custom: unknown;
  readonly app_version: string | null;
  readonly os: string | null;
  readonly device_id: string;
  readonly request_id: number;
  readonly methods: readonly MethodRef[];
}

export interface ProblemGroups {
  readonly groups: readonly ProblemGroup[];
}

export interface ProblemGroup {
  /** Row of docs/protocol.md §13. */
  readonly row: number;
  readonly level: Level;
  readonly title: string;
  readonly server: string;
  readonly remedy: string;
  readonly occurrences: number;
  readonly findings: number;
  readonly devices: number;
  readonly id: number;
  readonly last: number;
  readonly message: string;
  readonly device_id: string | null;
  readonly request_id: number;
}

export interface Rules {
  readonly rules: readonly {
    readonly row: number;
    readonly level: Level;
    readonly title: string;
    readonly server: string;
    readonly remedy: string;
  }[];
}

export type PlanKind = 'event' | 'view' | 'trace';

export type Plan = { readonly plan: false } | ({ readonly plan: true } & PlanFindings);

export interface PlanFindings {
  readonly good: number;
  readonly bad: number;
  readonly keys: readonly {
    readonly kind: PlanKind;
    readonly key: string;
    readonly good: number;
    readonly bad: number;
    readonly problems: readonly { readonly problem: string; readonly count: number }[];
  }[];
  readonly unseen: readonly {
    readonly kind: PlanKind;
    readonly key: string;
    readonly description?: string | undefined;
    readonly owner?: string | undefined;
  }[];
}

// --- Lists ------------------------------------------------------------------------------------------------------------

export type ListName =
  | 'events'
  | 'views'
  | 'sessions'
  | 'errors'
  | 'traces'
  | 'problems'
  | 'entries'
  | 'consents'
  | 'merges'
  | 'devices'
  | 'profiles'
  | 'requests';

/**
 * Query of a list. Beside these each list takes its filters:
 * events `device app request method unit key without` · views `device app request method unit name visit` ·
 * sessions `device app request` · errors `device app request method unit group name nonfatal` ·
 * traces `device app request method unit type name` · problems `device app request row level` ·
 * entries `device app request outcome` · consents `device app request feature` · merges `device app request` ·
 * devices `device app q` · profiles `device app` · requests `app endpoint outcome fault status`.
 */
export interface ListQuery {
  /** 1 to 5000. @default 100 */
  readonly limit?: number;
  /** `next` of the answer before. */
  readonly cursor?: string;
  /** Rows with a lower id; for lists with a cursor of one number the same as `cursor`. */
  readonly before?: number;
  /** Rows with a higher id: what came since. */
  readonly after?: number;
}

/** `{ events: [...], total, next }`: the rows stand under the name of the list. */
export type ListAnswer<Name extends ListName> = { readonly [Key in Name]: readonly ListRows[Name][] } & {
  /** How many match the filters, whatever the page. */
  readonly total: number;
  /** Cursor of the next page; `null` at the end. */
  readonly next: string | null;
};

export interface ListRows {
  readonly events: EventRow;
  readonly views: ViewRow;
  readonly sessions: SessionRow;
  readonly errors: ErrorRow;
  readonly traces: TraceRow;
  readonly problems: ProblemRow;
  readonly entries: EntryRow;
  readonly consents: ConsentRow;
  readonly merges: MergeRow;
  readonly devices: DeviceRow;
  readonly profiles: ProfileRow;
  readonly requests: RequestRow;
}

interface Owned {
  readonly id: number;
  readonly request_id: number;
  readonly app_key: string;
  readonly device_id: string;
}

/** Known only of clients that recognised the inspector, and told a moment after the row itself (`linked`). */
interface Made extends Owned {
  readonly entry_id: number;
  /** Woven method that made it: an id of `/api/code`. */
  readonly method: number | null;
  /** Host request it belongs to: an id of `/api/units`. */
  readonly unit: string | null;
}

export interface EventRow extends Made {
  readonly key: string;
  readonly count: number;
  readonly sum: number | null;
  /** Seconds. */
  readonly dur: number | null;
  readonly segmentation: Readonly<Record<string, unknown>> | null;
  readonly timestamp: number;
  readonly hour: number | null;
  readonly dow: number | null;
  readonly tz: number | null;
  readonly event_id: string | null;
  readonly pvid: string | null;
  readonly cvid: string | null;
  readonly peid: string | null;
  readonly extra: unknown;
}

export interface ViewRow extends Made {
  readonly name: string;
  readonly view_id: string | null;
  readonly visit: boolean;
  readonly new_visitor: boolean;
  readonly landing: boolean;
  readonly platform: string | null;
  /** Seconds. */
  readonly duration: number | null;
  readonly ended: boolean;
  readonly session_id: number | null;
  readonly segmentation: Readonly<Record<string, unknown>> | null;
  /** As a server takes it: of the last event of its request. */
  readonly timestamp: number;
  /** Of its own event. */
  readonly started_at: number;
}

export interface SessionRow extends Owned {
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly ended_by: string | null;
  /** Seconds. */
  readonly duration: number;
  readonly resumed: number;
  readonly hour: number | null;
  readonly dow: number | null;
  readonly metrics: Readonly<Record<string, unknown>> | null;
  readonly country: string | null;
  readonly city: string | null;
  readonly location_source: string | null;
}

export interface ErrorRow extends Made {
  readonly name: string;
  readonly error: string;
  readonly nonfatal: boolean;
  readonly logs: string | null;
  readonly custom: unknown;
  readonly app_version: string | null;
  readonly os: string | null;
  readonly group_hash: string | null;
  readonly crash: Readonly<Record<string, unknown>>;
  readonly timestamp: number;
}

export interface TraceRow extends Made {
  readonly type: string;
  readonly name: string;
  readonly duration: number | null;
  readonly response_code: number | null;
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>> | null;
  readonly stz: number;
  readonly etz: number;
  readonly timestamp: number;
}

export interface ProblemRow {
  readonly id: number;
  readonly at: number;
  readonly row: number;
  readonly level: Level;
  readonly title: string;
  readonly message: string;
  readonly server: string;
  readonly remedy: string;
  readonly request_id: number;
  readonly position: number | null;
  readonly app_key: string | null;
  readonly device_id: string | null;
  readonly occurrences: number;
}

export interface EntryRow {
  readonly id: number;
  readonly request_id: number;
  readonly position: number;
  readonly app_key: string | null;
  readonly device_id: string | null;
  readonly timestamp: number | null;
  /** `session,events,…` */
  readonly kinds: string;
  readonly outcome: 'stored' | 'duplicate' | 'ignored' | 'skipped' | 'rejected' | 'lost';
  readonly info: string | null;
  readonly params: Readonly<Record<string, unknown>> | null;
}

export interface ConsentRow extends Owned {
  readonly feature: string;
  readonly granted: boolean;
  readonly value: unknown;
  readonly timestamp: number;
}

export interface MergeRow extends Owned {
  readonly old_device_id: string;
  readonly timestamp: number;
}

export interface DeviceRow {
  readonly id: number;
  readonly app_key: string;
  readonly device_id: string;
  readonly uid: string;
  readonly first_seen: number;
  readonly last_seen: number;
  readonly id_type: number | null;
  readonly sdk_name: string | null;
  readonly sdk_version: string | null;
  readonly app_version: string | null;
  readonly platform: string | null;
  readonly country: string | null;
  readonly region: string | null;
  readonly city: string | null;
  readonly location: string | null;
  readonly location_source: string | null;
  readonly ip: string | null;
  readonly tz: number | string | null;
  readonly metrics: Readonly<Record<string, unknown>> | null;
  readonly health: unknown;
  readonly known: boolean;
  readonly counted: boolean;
  readonly request_count: number;
  readonly event_count: number;
  readonly view_count: number;
  readonly session_count: number;
  readonly session_seconds: number;
  readonly crash_count: number;
  readonly trace_count: number;
  readonly open_session: number | null;
}

export interface ProfileRow {
  readonly app_key: string;
  readonly device_id: string;
  readonly name: string | null;
  readonly username: string | null;
  readonly email: string | null;
  readonly organization: string | null;
  readonly phone: string | null;
  readonly picture: string | null;
  readonly gender: string | null;
  readonly byear: number | null;
  readonly custom: Readonly<Record<string, unknown>>;
  readonly updated_at: number;
  readonly request_id: number;
}

/** Without the body, which is the bulk of it. */
export interface RequestRow {
  readonly id: number;
  readonly received_at: number;
  readonly method: string;
  readonly path: string;
  readonly endpoint: 'i' | 'bulk' | 'fetch' | 'feedback' | 'ping' | 'content' | 'other';
  readonly content_type: string | null;
  readonly user_agent: string | null;
  readonly remote: string | null;
  readonly app_key: string | null;
  readonly status: number | null;
  readonly reply: unknown;
  readonly outcome: 'stored' | 'partial' | 'ignored' | 'rejected' | 'answered' | 'fault';
  readonly fault: string | null;
  readonly stored: boolean;
  readonly body_bytes: number;
  readonly body_sha256: string | null;
  readonly entry_count: number;
  readonly event_count: number;
  readonly view_count: number;
  readonly duration_ms: number;
}

export interface RequestDetail {
  readonly request: RequestRow & { readonly query: string; readonly body: string | null };
  readonly entries: readonly EntryRow[];
  readonly problems: readonly ProblemRow[];
  /** What a server would have counted of it; at most 200 of each. */
  readonly events: readonly EventRow[];
  readonly views: readonly ViewRow[];
  readonly errors: readonly ErrorRow[];
  readonly traces: readonly TraceRow[];
}

// --- Who? -------------------------------------------------------------------------------------------------------------

export interface DeviceDetail {
  readonly device: DeviceRow;
  readonly profile: ProfileRow | null;
  readonly consents: readonly {
    readonly feature: string;
    readonly granted: boolean;
    readonly value: unknown;
    readonly updated_at: number;
  }[];
  /** Everything it did, newest first, without spans; `/timeline` tells more. */
  readonly timeline: readonly {
    readonly kind: string;
    readonly at: number;
    readonly label: string | null;
    readonly data: unknown;
  }[];
}

export interface Timeline {
  readonly device: DeviceRow;
  /** Ascending by `from`. */
  readonly items: readonly TimelineItem[];
  /** There are earlier ones: ask again with `before=` this time; `null` when these are all. */
  readonly before: number | null;
}

/** `from` equals `to` for what takes no time; an open session or view has no `to` yet. */
export interface TimelineItem {
  readonly kind: 'session' | 'view' | 'event' | 'trace' | 'error' | 'consent' | 'merge' | 'problem';
  readonly id: number;
  readonly from: number;
  readonly to: number | null;
  readonly label: string;
  /** Failed network trace, fatal error, problem of level E, consent withdrawn. */
  readonly bad: boolean;
  readonly request_id: number;
  readonly method: number | null;
  readonly unit: string | null;
  /** The row as its list gives it. */
  readonly data: ListRows['sessions' | 'views' | 'events' | 'traces' | 'errors' | 'consents' | 'merges' | 'problems'];
}

export interface Unit {
  readonly id: string;
  /** What the host said of it: `GET /orders/:id`; else the kind of scope. */
  readonly title: string;
  readonly startedAt: number;
  readonly device_id: string | null;
  readonly client: string;
  readonly entries: number;
  readonly errors: number;
}

export interface Units {
  readonly units: readonly Unit[];
  readonly total: number;
  readonly next: string | null;
}

export interface UnitDetail {
  readonly unit: Unit;
  readonly items: readonly TimelineItem[];
}

// --- Which code? ------------------------------------------------------------------------------------------------------

/** Enough to name and link a woven method. */
export interface MethodRef {
  readonly id: number;
  /** `Checkout.pay` */
  readonly label: string;
}

export interface Code {
  /** False while no client has told anything: then nothing is known of methods. */
  readonly offered: boolean;
  readonly total: number;
  readonly neverFired: number;
  readonly methods: readonly CodeMethod[];
}

export interface CodeMethod extends MethodRef {
  readonly className: string;
  readonly methodName: string;
  readonly isStatic: boolean;
  /** Absolute path; through the source map where there is one. */
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly decorators: readonly {
    /** `@TrackEvent` */
    readonly decorator: string;
    /** `event`, `view`, `error`, `trace`, … */
    readonly kind: string;
    /** `null`: named after class and method. */
    readonly key: string | null;
  }[];
  /** It was called, or something it made is here. */
  readonly fired: boolean;
  /** Since the client recognised the inspector, which takes its first delivery. */
  readonly calls: number;
  readonly failures: number;
  readonly last: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  /** What it made, as rows here. */
  readonly made: { readonly events: number; readonly views: number; readonly errors: number; readonly traces: number };
}

export interface CodeDetail {
  readonly method: CodeMethod;
  /** Event keys, names of views and traces, and groups of errors it made, the most frequent first. */
  readonly keys: readonly {
    readonly kind: 'event' | 'view' | 'error' | 'trace';
    readonly key: string;
    readonly count: number;
  }[];
  /** The newest 100 rows it made, newest first. */
  readonly items: readonly TimelineItem[];
}

// --- How did it develop? ----------------------------------------------------------------------------------------------

export interface Series {
  readonly window: Window;
  /** Width of a slot. */
  readonly step: number;
  /** Start of each slot, ascending; the last one is still filling. */
  readonly at: readonly number[];
  readonly events: readonly number[];
  readonly views: readonly number[];
  readonly errors: readonly number[];
  readonly traces: readonly number[];
  readonly requests: readonly number[];
  readonly rejected: readonly number[];
}

export interface Latency {
  readonly of: 'traces' | 'methods' | 'events';
  readonly window: Window;
  /** The most frequent first. */
  readonly names: readonly {
    /** For methods the id of `/api/code`, else the name. */
    readonly id: string;
    readonly label: string;
    readonly count: number;
    readonly p50: number;
    readonly p95: number;
    readonly max: number;
    /** One element a slot of `at`; `null` where nothing came. With window `all` of the last half hour. */
    readonly series: readonly ({ readonly count: number; readonly p50: number; readonly p95: number } | null)[];
  }[];
  readonly step: number;
  readonly at: readonly number[];
}

/**
 * `?of=events|views|traces&name=&field=&window=&buckets=`; `field` is `sum`, `dur`, `count`, `duration`, `response_code`,
 * or `segment:<name>` for a segment that holds numbers, `metric:<name>` for a metric of a trace.
 */
export interface Histogram {
  readonly of: string;
  readonly name: string;
  readonly field: string;
  /** Rows looked at: the newest ones, at most 10 000. */
  readonly measured: number;
  /** Rows there are. */
  readonly rows: number;
  /** Rows that had a number there. */
  readonly count: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly buckets: readonly { readonly from: number; readonly to: number; readonly count: number }[];
}

/** `?key=&segment=&window=&limit=`; `of=views|errors|traces` with `name=` for others (errors: `custom`, traces: attributes). */
export interface Breakdown {
  readonly key: string;
  readonly segment: string;
  /** Rows looked at: the newest ones, at most 10 000. */
  readonly measured: number;
  readonly rows: number;
  /** The most frequent first; at most `limit` (default 50). */
  readonly values: readonly {
    /** `null`: without this segment. */
    readonly value: string | null;
    readonly events: number;
    readonly count: number;
    readonly sum: number;
    readonly devices: number;
  }[];
  /** Values beyond the limit. */
  readonly others: number;
}

/** `?key=` for an event, `?of=views&name=` for a view. */
export interface Segments {
  readonly segments: readonly {
    readonly name: string;
    readonly kind: 'text' | 'number' | 'flag' | 'list' | 'mixed';
    readonly rows: number;
  }[];
}

/** `?step=event:login&step=view:cart&step=event:checkout&window=&within=<ms>`: 2 to 10 steps, in order, by person. */
export interface Funnel {
  readonly window: Window;
  /** Rows looked at for each step: the newest ones, at most 10 000. */
  readonly measured: number;
  readonly steps: readonly {
    readonly kind: 'event' | 'view';
    readonly key: string;
    /** People who got here. */
    readonly people: number;
    /** Of those of the first step, 0 to 1. */
    readonly share: number;
    /** From the step before: milliseconds; `null` for the first step and where nobody came. */
    readonly p50: number | null;
    readonly p95: number | null;
  }[];
}

// --- Find -------------------------------------------------------------------------------------------------------------

/**
 * `?q=&kind=&limit=&cursor=`: words that all have to be there, the last one from its beginning; device ids, keys, names, segments
 * and their values, stacks and breadcrumbs, profiles, problems, app keys.
 */
export interface Search {
  readonly q: string;
  readonly total: number;
  /** There are more than were counted: `total` is 10 000. */
  readonly atLeast: boolean;
  readonly hits: readonly SearchHit[];
  readonly next: string | null;
  /** False while what came last is still being prepared for the search. */
  readonly complete: boolean;
}

export interface SearchHit {
  readonly kind: 'event' | 'view' | 'error' | 'trace' | 'device' | 'problem' | 'request';
  readonly id: number;
  readonly at: number;
  /** Key, name, device id. */
  readonly label: string;
  readonly device_id: string | null;
  readonly request_id: number | null;
  /** The text around the first word, without markup. */
  readonly excerpt: string;
}

// --- Try it -----------------------------------------------------------------------------------------------------------

/** `status` with its number for short: `'429'` may be sent and comes back as `status`. */
export type FaultKind =
  | 'status'
  | 'slow'
  | 'hang'
  | 'hang-after-store'
  | 'cut'
  | 'cut-after-store'
  | 'refuse'
  | 'html'
  | 'checksum';

export interface Fault {
  readonly kind: FaultKind;
  readonly status?: number;
  readonly result?: string;
  /** Seconds, or an HTTP date. */
  readonly retryAfter?: number | string;
  readonly delayMs?: number;
  readonly count?: number;
  readonly skip?: number;
  readonly endpoint?: 'i' | 'bulk' | 'fetch' | 'feedback' | 'ping';
  readonly device?: string;
}

export interface ActiveFault extends Fault {
  readonly id: number;
  readonly hits: number;
}

export interface Faults {
  readonly faults: readonly ActiveFault[];
}

export interface FaultsChanged extends Faults {
  readonly ids: readonly number[];
}

export interface Settings {
  readonly appKey: string | null;
  /** The salt itself is told to nobody. */
  readonly salted: boolean;
  readonly paused: boolean;
  /** What `/o/sdk?method=rc` answers. */
  readonly remoteConfig: Readonly<Record<string, unknown>>;
  /** What `/o/sdk?method=sc` answers under `c`. */
  readonly sdkConfig: Readonly<Record<string, unknown>>;
}

/** What is absent stays; `null` removes. */
export interface SettingsChange {
  readonly appKey?: string | null;
  readonly salt?: string | null;
  readonly paused?: boolean;
  readonly remoteConfig?: Readonly<Record<string, unknown>>;
  readonly sdkConfig?: Readonly<Record<string, unknown>>;
}

export interface SettingsAnswer {
  readonly settings: Settings;
}

// --- Live -------------------------------------------------------------------------------------------------------------

/**
 * Names and data of the server-sent events. `event`, `view`, … carry the row with JSON columns still as text, at most 40
 * of a kind a message batch; `changed` follows with the true number of each kind. At more than 10 batches a second rows are
 * left out and only counted.
 */
export interface LiveMessages {
  readonly hello: Readonly<Record<string, never>>;
  readonly request: Partial<RequestRow>;
  readonly event: Readonly<Record<string, unknown>>;
  readonly view: Readonly<Record<string, unknown>>;
  readonly session: Readonly<Record<string, unknown>>;
  readonly crash: Readonly<Record<string, unknown>>;
  readonly trace: Readonly<Record<string, unknown>>;
  readonly profile: Readonly<Record<string, unknown>>;
  readonly consent: {
    readonly app_key: string;
    readonly device_id: string;
    readonly given: readonly string[];
    readonly refused: readonly string[];
    readonly timestamp: number;
  };
  readonly problem: ProblemRow;
  /** A client told which method and which host request made rows that are already here; `rows` are the first 40. */
  readonly linked: {
    readonly request_id: number;
    readonly count: number;
    readonly rows: readonly {
      readonly kind: 'event' | 'view' | 'error' | 'trace';
      readonly id: number;
      readonly method: number | null;
      readonly unit: string | null;
    }[];
  };
  /** A client's ledger or its methods' calls changed: ask `/api/status` and `/api/code` again. */
  readonly client: { readonly id: string };
  readonly changed: Readonly<
    Partial<
      Record<'request' | 'event' | 'view' | 'session' | 'crash' | 'trace' | 'profile' | 'consent' | 'problem', number>
    >
  >;
  readonly reset: Readonly<Record<string, never>>;
}

export type LiveType = keyof LiveMessages;
