import type { MadeKind } from './common.js';
import type { TimelineItem } from './people.js';

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
  /** It was called, or something it made, or may have made, is here. */
  readonly fired: boolean;
  /** When the newest event or view of its keys is of, from an app that has the method, whoever made it. */
  readonly arrived: number | null;
  /** Since the client recognised the inspector, which takes its first delivery. */
  readonly calls: number;
  readonly failures: number;
  readonly last: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  /** What it made, as rows here. */
  readonly made: {
    readonly events: number;
    readonly views: number;
    readonly errors: number;
    readonly traces: number;
    readonly sessions: number;
    readonly profiles: number;
    readonly consents: number;
    readonly merges: number;
  };
}

export interface CodeDetail {
  readonly method: CodeMethod;
  /** Event keys, names of views and traces, groups of errors, and what else it made, the most frequent first. */
  readonly keys: readonly {
    readonly kind: MadeKind;
    readonly key: string;
    readonly count: number;
  }[];
  /** The newest 100 rows it made, newest first. */
  readonly items: readonly TimelineItem[];
}
