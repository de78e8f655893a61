import type { Clock } from '../clock.js';
import type { Backoff } from '../http/backoff.js';
import type { Reporter } from '../logger.js';
import type { SealedRequest } from '../protocol/entry.js';
import type { Accounts } from './accounts.js';
import type { DeviceQueue } from './device-queue.js';
import type { MergeOrder } from './merge-order.js';
import type { Schedule } from './schedule.js';
import type { Sealer } from './sealer.js';
import type { Sender } from './sender.js';

export interface DispatcherOptions {
  readonly delivery: 'auto' | 'single';
  /** Where to, for messages. */
  readonly url: string;
  readonly flushInterval: number;
  readonly maxParallelRequests: number;
}

/** What the dispatcher needs of the rest of the outbox. */
export interface DispatcherPort {
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly sender: Sender;
  readonly schedule: Schedule;
  readonly order: MergeOrder;
  readonly accounts: Accounts;
  readonly reporter: Reporter;
  /** What every series of repetitions starts from. */
  readonly backoff: Backoff;
  /** Whether so much waits that nothing should wait for company as well. */
  isCrowded(): boolean;
  /** Whether entries might soon be dropped for want of room. */
  isFilling(): boolean;
  /** Pumps when the host has had its turn. */
  pumpSoon(): void;
  /** A device has nothing more to send. */
  emptied(queue: DeviceQueue): void;
  /** A request ends undelivered. */
  discarded(request: SealedRequest, reason: string): void;
}

/** A device's request on its way. */
export interface Part {
  readonly queue: DeviceQueue;
  readonly request: SealedRequest;
}
