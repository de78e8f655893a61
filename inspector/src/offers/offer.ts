/**
 * What a client that recognised the inspector tells of itself with `POST /inspector/client`, besides the requests that any
 * server gets. Nothing of it is ever part of those.
 */
export interface Offer {
  readonly client: {
    readonly id: string;
    readonly name: string;
    /** Its app key; empty when it does not say so. */
    readonly app: string;
    readonly version: string;
    readonly pid: number;
    readonly hostname: string;
    readonly startedAt: number;
  };
  readonly closed: boolean;
  readonly ledger: OfferedLedger;
  /** Woven methods that were not told before. */
  readonly methods: readonly OfferedMethod[];
  /** Calls since the last offer. */
  readonly calls: readonly OfferedCalls[];
  /** Host requests that were not told before. */
  readonly units: readonly OfferedUnit[];
  /** What made the entries of requests that were delivered. */
  readonly made: readonly MadeRequest[];
}

export interface OfferedLedger {
  readonly accepted: number;
  readonly delivered: number;
  readonly pending: number;
  readonly dropped: Readonly<Record<string, number>>;
}

export interface OfferedMethod {
  /** The client's own number for it. */
  readonly ref: number;
  readonly className: string;
  readonly methodName: string;
  readonly isStatic: boolean;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly decorators: readonly { readonly decorator: string; readonly kind: string; readonly key: string | null }[];
}

export interface OfferedCalls {
  readonly ref: number;
  readonly calls: number;
  readonly failures: number;
  /** Milliseconds since 1970. */
  readonly last: number;
  /** Milliseconds each, a fair choice when there were many. */
  readonly durations: readonly number[];
}

export interface OfferedUnit {
  readonly id: string;
  readonly title: string;
  readonly startedAt: number;
  readonly deviceId: string | null;
}

export interface MadeRequest {
  /** SHA-256 of the body as it was sent: which request it is. */
  readonly body: string;
  /** For each entry of the request, for each of its events (or the one other thing it is): who made it. */
  readonly entries: readonly (readonly Maker[])[];
}

export interface Maker {
  /** Whose number `ref` is, when another client recorded the entry. */
  readonly client: string | null;
  readonly ref: number | null;
  readonly unit: string | null;
}
