import type { Endpoint } from '../checks/check.js';

/**
 * - `status`: answers `status` with `result` as JSON, e.g. 429 with `retryAfter`, 500, 413, 400
 * - `slow`: stores and answers, after `delayMs`
 * - `hang`: stores nothing and never answers · `hang-after-store`: stores, never answers
 * - `cut`: stores nothing and closes in the middle of the answer's body · `cut-after-store`: stores, then the same
 * - `refuse`: closes the connection without an answer
 * - `html`: a captive portal's page with 200
 * - `checksum`: 200 `Request does not match checksum`
 */
export const FAULT_KINDS = [
  'status',
  'slow',
  'hang',
  'hang-after-store',
  'cut',
  'cut-after-store',
  'refuse',
  'html',
  'checksum',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** What goes wrong, and for which requests. Without a scope every protocol request is hit until the fault is cleared. */
export interface Fault {
  kind: FaultKind;
  /** HTTP status of kind `status`. @default 500 */
  status?: number;
  /** Text of `result` in the answer of kind `status`. @default the status's own text */
  result?: string;
  /** `Retry-After` header of kind `status`: seconds, or an HTTP date. @default none */
  retryAfter?: number | string;
  /** Delay of kind `slow` in milliseconds. @default 1000 */
  delayMs?: number;
  /** Hit only the next this many matching requests. @default no limit */
  count?: number;
  /** Let this many matching requests pass first. @default 0 */
  skip?: number;
  /** Hit only this endpoint: `i`, `bulk`, `fetch` (`/o/sdk`), `feedback` or `ping`. @default all of them */
  endpoint?: Endpoint | 'ping';
  /** Hit only requests of this device id; a bulk counts when any of its entries is of this device. @default all */
  device?: string;
}

/** A fault in force, with its id and how often it hit. */
export interface ActiveFault extends Fault {
  readonly id: number;
  readonly hits: number;
}

/** Kinds that let the request be stored before they spoil the answer. */
export function storesRequest(kind: FaultKind): boolean {
  return kind === 'slow' || kind === 'cut-after-store' || kind === 'hang-after-store';
}
