import type { SealedRequest } from '../protocol/entry.js';
import { shared } from '../shared.js';

// What a client tells an inspector on this machine, and nobody else: its ledger, its woven methods, and which of them, in
// which unit of work, made an entry. It goes beside the requests, never in them.

/** Stands on every answer of an inspector; its value changes with each start. No server has it. */
export const INSPECTOR_HEADER = 'x-countly-inspector';

/** A woven method, as far as it is known before it was called. */
export interface KnownMethod {
  readonly className: string;
  readonly methodName: string;
  readonly isStatic: boolean;
  /** What the wrapper calls: says where it stands. */
  readonly original: (...args: never[]) => unknown;
  readonly decorators: readonly {
    readonly decorator: string;
    readonly kind: string;
    readonly key: string | undefined;
  }[];
}

/** What one call came to. */
export interface ObservedCall {
  readonly method: object;
  readonly className: string;
  readonly failed: boolean;
  readonly durationMs: number;
}

/** What the decorators give; an entry without them leaves it empty. */
export interface Weaving {
  /** Every woven method that is still there, by what stands for it. */
  methods(): Map<object, KnownMethod>;
  /** The method that a recorder, or what else made an entry, stands on. */
  methodOf(recorder: object): object | undefined;
  /** Tells of every call that ended from now on. @returns what ends it */
  observe(told: (call: ObservedCall) => void): () => void;
}

/** What a host framework gives: the units of work that scopes belong to. */
export interface HostUnits {
  unitOf(scope: object): object | undefined;
  /** `GET /orders/:id`, or whatever names it. */
  titleOf(unit: object): string;
}

/** Filled by who has it, so that whoever tells the inspector needs none of them. */
export const inspected = shared('inspected.1', () => ({
  weaving: undefined as Weaving | undefined,
  units: undefined as HostUnits | undefined,
}));

/** Who made an entry. */
export interface EntryNote {
  readonly recorder: object | undefined;
  readonly scope: object | undefined;
  readonly at: number;
}

/** Entries of requests that were delivered, with the body they were in. */
export interface SentRequests {
  readonly requests: readonly SealedRequest[];
  readonly body: string | Uint8Array;
  readonly notes: ReadonlyMap<number, EntryNote>;
}

/** What is loaded once an inspector answered. */
export interface InspectorLink {
  /** Who makes a record, for whoever delivers it; undefined until the inspector knows the method. */
  makerOf(author: Omit<EntryNote, 'at'>): string | undefined;
  /** The inspector answered, under the id of its run. */
  answered(runId: string): void;
  sent(sent: SentRequests): void;
  /** It is no inspector any more. */
  end(): void;
  /** Tells how it ended. Never rejects. */
  close(): Promise<void>;
}

/** What the link is given. */
export interface LinkPort {
  readonly name: string;
  /** The app key, as each request has it. */
  readonly app: string;
  readonly version: string;
  now(): number;
  stats(): LinkStats;
  /** @returns whether the inspector took it */
  post(body: string): Promise<boolean>;
}

export interface LinkStats {
  readonly accepted: number;
  readonly delivered: number;
  readonly pending: number;
  readonly dropped: Readonly<Record<string, number>>;
}
