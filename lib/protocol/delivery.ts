/** Why the server, or the way to it, makes us wait with everything. */
export type HoldReason = 'app-unknown' | 'app-paused' | 'unauthorized' | 'checksum';

/**
 * What became of one HTTP request. Expected outcomes are values: a transport never throws (docs/protocol.md §1.6).
 * - `delivered`: accepted. `info` is the server's remark when it accepted but ignored the content.
 * - `retry`: a passing fault; `afterMs` when the server named a delay.
 * - `hold`: configuration, or trouble that looks like it; keep everything, try rarely, say it loudly.
 * - `split`: too large for the way; halve it.
 * - `rejected`: these bytes can never be accepted.
 */
export type Delivery =
  | { readonly kind: 'delivered'; readonly info?: string }
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs?: number; readonly bounded?: boolean }
  | { readonly kind: 'hold'; readonly reason: HoldReason; readonly message: string }
  | { readonly kind: 'split'; readonly reason: string }
  | { readonly kind: 'rejected'; readonly reason: string };
