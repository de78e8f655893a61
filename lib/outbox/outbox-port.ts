import type { Clock } from '../clock.js';
import type { Backoff } from '../http/backoff.js';
import type { Storage } from '../journal/storage.js';
import type { Reporter } from '../logger.js';
import type { DeadLetter } from './dead-letter.js';
import type { DispatcherOptions } from './dispatcher-port.js';
import type { OverflowLimits } from './overflow.js';
import type { SealerOptions } from './sealer.js';
import type { Sender } from './sender.js';

export interface OutboxOptions extends DispatcherOptions, SealerOptions, OverflowLimits {
  readonly eventQueueSize: number;
}

export interface OutboxPort {
  readonly clock: Clock;
  readonly storage: Storage;
  readonly sender: Sender;
  readonly reporter: Reporter;
  readonly deadLetter: DeadLetter;
  readonly backoff: Backoff;
}

/** What a flush achieved: entries delivered and dropped while it ran, and those still waiting. */
export interface FlushResult {
  readonly delivered: number;
  readonly pending: number;
  readonly dropped: number;
}
