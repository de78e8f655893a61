import type { Window } from './common.js';

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
