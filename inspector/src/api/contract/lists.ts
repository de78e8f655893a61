import type { Level } from './common.js';

export type ListName =
  | 'events'
  | 'views'
  | 'sessions'
  | 'errors'
  | 'traces'
  | 'problems'
  | 'entries'
  | 'consents'
  | 'profile-changes'
  | 'merges'
  | 'devices'
  | 'profiles'
  | 'requests';

/**
 * Query of a list. Beside these each list takes its filters:
 * events `device app request method unit key without` · views `device app request method unit name visit` ·
 * sessions `device app request method unit` · errors `device app request method unit group name nonfatal` ·
 * traces `device app request method unit type name` · problems `device app request row level` ·
 * entries `device app request outcome` · consents `device app request method unit feature` ·
 * profile-changes and merges `device app request method unit` ·
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
  readonly 'profile-changes': ProfileChangeRow;
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
  /** `null` where no entry brought it, and in rows of an earlier version. */
  readonly entry_id: number | null;
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

/** Made by whoever began it. */
export interface SessionRow extends Made {
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

export interface ConsentRow extends Made {
  readonly feature: string;
  readonly granted: boolean;
  readonly value: unknown;
  readonly timestamp: number;
}

/** One sending of user details, as it came. */
export interface ProfileChangeRow extends Made {
  readonly details: Readonly<Record<string, unknown>>;
  readonly timestamp: number;
}

export interface MergeRow extends Made {
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
