import type { Reply } from '../http/raw-request.js';

/**
 * `stored` everything was taken in · `partial` some entries of a bulk were · `ignored` 200, but nothing counts ·
 * `rejected` an error was answered · `answered` nothing to store · `fault` a fault mode kept it from being stored.
 */
export type RequestOutcome = 'stored' | 'partial' | 'ignored' | 'rejected' | 'answered' | 'fault';

/** What became of one logical request within it. */
export type EntryOutcome = 'stored' | 'duplicate' | 'ignored' | 'skipped' | 'rejected' | 'lost';

/** What became of one HTTP request. */
export interface Handled {
  reply: Reply;
  outcome: RequestOutcome;
  entryCount: number;
  /** Without views. */
  eventCount: number;
  viewCount: number;
}

export function answered(reply: Reply): Handled {
  return { reply, outcome: reply.status < 400 ? 'answered' : 'rejected', entryCount: 0, eventCount: 0, viewCount: 0 };
}
