/**
 * Why an accepted entry was not delivered.
 * - `consent`: the person has not agreed, or has withdrawn what was waiting
 * - `invalid`: the input meant nothing a Countly server could count
 * - `filtered`: a hook or the server's settings said no
 * - `overflow`: the queue was full and this was the oldest
 * - `expired`: older than `dropRequestsOlderThan`
 * - `rejected`: the server will never take these bytes
 * - `undeliverable`: the server kept failing on exactly this request
 * - `closed`: it came after `close()`
 */
export type DropReason =
  | 'consent'
  | 'invalid'
  | 'filtered'
  | 'overflow'
  | 'expired'
  | 'rejected'
  | 'undeliverable'
  | 'closed';
