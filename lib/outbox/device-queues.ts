import type { Backoff } from '../http/backoff.js';
import type { Linked, LinkedList } from '../linked-list.js';
import type { Entry, SealedRequest } from '../protocol/entry.js';
import { EntryQueue } from './entry-queue.js';

/** Most requests of one device that leave together. */
export const MOST_TOGETHER = 100;

/**
 * What waits for one device. One HTTP request of a device is under way at a time, and nearly always one request of it is in
 * there: the duplicate check needs it (docs/protocol.md §2.8).
 */
export class DeviceQueue implements Linked<DeviceQueue> {
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
  /** Failures of the request in front that say something about it, and how much the server had taken at the last one. */
  refusals = 0;
  takenThen = 0;
  /** Not to be tried before, on the monotonic clock. */
  notBefore = 0;
  /** Enough waits for a request of its own; the interval does not matter any more. */
  urgent = false;
  /** How many of its requests may leave together; halved with each failure, so that a bad one is found. */
  together = MOST_TOGETHER;
  /** The time in its last request, in milliseconds since the epoch. */
  lastTime = Number.NEGATIVE_INFINITY;
  /** What the person took back while a request was under way. */
  withdrawn: readonly Withdrawal[] = [];
  /** Told when the request under way is over; what is left then is not this process's to send. */
  leave: (() => void) | undefined;

  /** @param backoff how long the request in front has to wait after its next failure */
  constructor(
    readonly deviceId: string,
    public backoff: Backoff,
  ) {}

  get isEmpty(): boolean {
    return this.waiting.length === 0 && this.sealed.length === 0;
  }

  get firstId(): number {
    return Math.min(this.sealed[0]?.entries[0]?.id ?? Infinity, this.waiting.at(0)?.id ?? Infinity);
  }
}

const REMEMBERED = 10_000;

/**
 * The queues of all devices: of those that have something to send, and of those that had lately, since one made anew
 * would not know the time of the device's last request.
 */
export class DeviceQueues {
  readonly #queues = new Map<string, DeviceQueue>();
  readonly #idle = new Set<DeviceQueue>();

  constructor(private readonly backoff: Backoff) {}

  get(deviceId: string): DeviceQueue | undefined {
    return this.#queues.get(deviceId);
  }

  /** The device's queue, which is about to be used; a new one when none is remembered. */
  of(deviceId: string): DeviceQueue {
    let queue = this.#queues.get(deviceId);
    if (queue === undefined) {
      queue = new DeviceQueue(deviceId, this.backoff);
      this.#queues.set(deviceId, queue);
    } else if (queue.isEmpty) this.#idle.delete(queue);
    return queue;
  }

  values(): Iterable<DeviceQueue> {
    return this.#queues.values();
  }

  /** When the first entry that still waits was recorded, in milliseconds since the epoch; undefined when none does. */
  get oldest(): number | undefined {
    let oldest: number | undefined;
    for (const { sealed, waiting } of this.#queues.values()) {
      const first = sealed[0]?.entries[0] ?? waiting.at(0);
      if (first !== undefined) oldest = Math.min(oldest ?? first.timestamp, first.timestamp);
    }
    return oldest;
  }

  idle(queue: DeviceQueue): void {
    queue.urgent = false;
    queue.backoff = this.backoff;
    queue.refusals = 0;
    queue.together = MOST_TOGETHER;
    this.#idle.add(queue);
    if (this.#idle.size <= REMEMBERED) return;
    const [oldest] = this.#idle;
    if (oldest === undefined) return;
    this.#idle.delete(oldest);
    if (oldest.isEmpty && !oldest.busy) this.#queues.delete(oldest.deviceId);
  }
}

/** What a person took back. */
export interface Withdrawal {
  readonly features: ReadonlySet<string>;
  /** Entries up to this id are meant; what was recorded later was agreed to again. */
  readonly upTo: number;
}

export function isWithdrawn({ id, feature }: Entry, withdrawals: readonly Withdrawal[]): boolean {
  return withdrawals.some(({ features, upTo }) => id <= upTo && features.has(feature));
}
