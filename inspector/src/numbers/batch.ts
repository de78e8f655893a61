import type { EntryOutcome, RequestOutcome } from '../ingest/handled.js';

/** The columns of rows that are counted; a row of the table will do. */
export interface CountedEvent {
  readonly device_id: string;
  readonly key: string;
  readonly count: number;
  readonly sum: number | null;
  readonly dur: number | null;
  readonly timestamp: number;
}

export interface CountedView {
  readonly device_id: string;
  readonly name: string;
  readonly visit: boolean | number;
  readonly new_visitor: boolean | number;
  readonly landing: boolean | number;
  readonly duration: number | null;
  readonly timestamp: number;
}

export interface CountedCrash {
  readonly id: number;
  readonly device_id: string;
  readonly group_hash: string | null;
  readonly timestamp: number;
}

export interface CountedTrace {
  readonly type: string;
  readonly name: string;
  readonly duration: number | null;
  readonly response_code: number | null;
  readonly timestamp: number;
}

export interface CountedProblem {
  readonly id: number;
  readonly row: number;
  readonly level: string;
  readonly device_id: string | null;
  readonly occurrences: number;
}

export interface CountedEntry {
  readonly app_key: string | null;
  readonly outcome: EntryOutcome;
  readonly info: string | null;
}

export interface CountedRequest {
  readonly id: number;
  readonly received_at: number;
  readonly method: string;
  readonly path: string;
  readonly endpoint: string;
  readonly app_key: string | null;
  readonly user_agent: string | null;
  readonly remote: string | null;
  readonly sdk_name: string | null;
  readonly sdk_version: string | null;
  readonly status: number | null;
  /** `result` of the answer. */
  readonly answer: string | null;
  readonly outcome: RequestOutcome;
  readonly entry_count: number;
}

/** What one HTTP request adds to the numbers. Counted once its transaction is committed, for it may be rolled back. */
export class NumbersBatch {
  readonly events: CountedEvent[] = [];
  readonly views: CountedView[] = [];
  /** Seconds that an end brings to a view that is already there. */
  readonly viewEnds: Pick<CountedView, 'name' | 'duration'>[] = [];
  readonly crashes: CountedCrash[] = [];
  readonly traces: CountedTrace[] = [];
  readonly problems: CountedProblem[] = [];
  readonly entries: CountedEntry[] = [];
  /** Two devices became one. */
  readonly merges: { readonly from: string; readonly to: string }[] = [];
  sessions = 0;
  /** Of the first entry that says it. */
  sdk: { readonly name: string; readonly version: string } | undefined;
  request: CountedRequest | undefined;
}
