import type { Backoff } from '../http/backoff.js';
import type { EntryOrigin, SealedRequest } from '../protocol/entry.js';
import { EntryQueue } from './entry-queue.js';
import type { Linked, LinkedList } from './linked-list.js';

/** What waits for one device. One request of a device is under way at a time: the duplicate check needs it (§2.8). */
export class DeviceQueue implements Linked<DeviceQueue>, EntryOrigin {
  readonly deviceId: string;
  mark: unknown;
  /** Entries no request was made of yet. */
  readonly waiting = new EntryQueue();
  /** Requests that were tried or recovered; they go first, with the bytes they have. */
  sealed: SealedRequest[] = [];
  busy = false;
  /** The part of the schedule it waits in, and its neighbours there, which are for the list to change. */
  list: LinkedList<DeviceQueue> | undefined;
  previous: DeviceQueue | undefined;
  next: DeviceQueue | undefined;
  /** When the oldest of `waiting` came, on the monotonic clock. */
  since = 0;
  /** How long the request in front has to wait after its next failure. */
  backoff: Backoff;
  /** Not to be tried before, on the monotonic clock. */
  notBefore = 0;
  /** Enough waits for a request of its own; the interval does not matter any more. */
  urgent = false;
  /** The time in its last request, in milliseconds since the epoch. */
  lastTime = Number.NEGATIVE_INFINITY;
  /** How often it stands among those that became idle, which is for `DeviceQueues` to change. */
  idle = 0;
  /** Features the device took back while a request was under way. */
  withdrawn: ReadonlySet<string> | undefined;

  constructor(deviceId: string, backoff: Backoff) {
    this.deviceId = deviceId;
    this.backoff = backoff;
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0 && this.sealed.length === 0;
  }
}
