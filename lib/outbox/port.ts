import type { Clock } from '../clock.js';
import type { Backoff } from '../http/backoff.js';
import type { Storage } from '../journal/storage.js';
import type { Reporter } from '../logger.js';
import type { Delivery } from '../protocol/answer.js';
import type { SealedRequest } from '../protocol/entry.js';
import type { DeadLetter } from './dead-letter.js';

/** Takes requests whose bytes are fixed, and says what became of them. Never rejects. */
export interface RequestSender {
  single(request: SealedRequest): Promise<Delivery>;
  bulk(requests: readonly SealedRequest[]): Promise<Delivery>;
}

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
  /** A request is the next entries as they are, whatever their kinds: whoever takes them makes requests of them. */
  readonly inOrder?: boolean;
  /** The storage hands out what is new: it waits for company like calls do. */
  readonly readsNews?: boolean;
}

export interface OutboxPort {
  readonly clock: Clock;
  readonly storage: Storage;
  readonly sender: RequestSender;
  readonly reporter: Reporter;
  readonly deadLetter: DeadLetter;
  /** What every series of repetitions starts from. */
  readonly backoff: Backoff;
}
