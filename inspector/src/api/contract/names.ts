import type { MethodRef } from './code.js';
import type { Level } from './common.js';

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
