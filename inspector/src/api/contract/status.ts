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
