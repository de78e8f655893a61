import type { Clock } from '../clock.js';
import type { Backoff } from '../http/backoff.js';
import type { Storage } from '../journal/storage.js';
import type { Reporter } from '../logger.js';
import type { DeadLetter } from './dead-letter.js';
import type { Sender } from './sender.js';

/** Read each time, for the server may change them. */
export interface OutboxOptions {
  readonly delivery: 'auto' | 'single';
  /** Where to, for messages. */
  readonly url: string;
  readonly appVersion: string | undefined;
  readonly flushInterval: number;
  /** Events of one device that are sent without waiting. */
  readonly eventQueueSize: number;
  readonly maxEvents: number;
  readonly maxParallelRequests: number;
  /** How much may be in memory. */
  readonly maxQueuedEntries: number;
  readonly maxQueuedBytes: number;
  /** Milliseconds after which an entry is no longer worth sending; 0 for never. */
  readonly maxAge: number;
}

export interface OutboxPort {
  readonly clock: Clock;
  readonly storage: Storage;
  readonly sender: Sender;
  readonly reporter: Reporter;
  readonly deadLetter: DeadLetter;
  /** What every series of repetitions starts from. */
  readonly backoff: Backoff;
}
