/** Why the server, or the way to it, makes us wait with everything. `wrong-path`: it has no `/i` below the given url. */
export type HoldReason = 'app-unknown' | 'app-paused' | 'unauthorized' | 'checksum' | 'wrong-path';

/**
 * What became of one HTTP request. Expected outcomes are values: a transport never throws (docs/protocol.md §1.6).
 * - `delivered`: accepted. `info` is the server's remark when it accepted but ignored the content.
 * - `retry`: a passing fault, or an answer that proves nothing; `bounded` when these bytes themselves may be the cause.
 * - `hold`: configuration, or trouble that looks like it; keep everything, try rarely, say it loudly.
 * - `split`: too large for the way; halve it.
 * - `rejected`: a Countly server said that it can never accept these bytes. Nothing else proves that.
 *
 * `afterMs`: the server named a delay (`Retry-After`), in milliseconds; do not come back before.
 */
export type Delivery =
  | { readonly kind: 'delivered'; readonly info?: string }
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs?: number; readonly bounded?: boolean }
  | { readonly kind: 'hold'; readonly reason: HoldReason; readonly message: string; readonly afterMs?: number }
  | { readonly kind: 'split'; readonly reason: string }
  | { readonly kind: 'rejected'; readonly reason: string };

/** What a fetching endpoint (`/o/sdk`) answered. */
export type QueryResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly status: number; readonly message: string };
