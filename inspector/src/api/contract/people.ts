import type { DeviceRow, ListRows, ProfileRow } from './lists.js';

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
  readonly kind: 'session' | 'view' | 'event' | 'trace' | 'error' | 'profile' | 'consent' | 'merge' | 'problem';
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
  readonly data: ListRows[
    | 'sessions'
    | 'views'
    | 'events'
    | 'traces'
    | 'errors'
    | 'profile-changes'
    | 'consents'
    | 'merges'
    | 'problems'];
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
