import type { Backoff } from '../http/backoff.js';
import { DeviceQueue } from './device-queue.js';

/** How many times a queue may become idle until the first of these is forgotten. */
const REMEMBERED = 10_000;

/**
 * The queues of all devices: of those that have something to send, and of those that had lately. Most come again soon,
 * and a queue made anew costs more than all else an entry needs; besides, it would not know the time of its last request.
 */
export class DeviceQueues {
  readonly #queues = new Map<string, DeviceQueue>();
  readonly #backoff: Backoff;
  /** A ring of queues in the order they became idle. One that did so several times stands here as often. */
  readonly #idle: DeviceQueue[] = [];
  #oldest = 0;

  constructor(backoff: Backoff) {
    this.#backoff = backoff;
  }

  /** The device's queue, if it is remembered. */
  get(deviceId: string): DeviceQueue | undefined {
    return this.#queues.get(deviceId);
  }

  /** The device's queue; a new one when none is remembered. */
  of(deviceId: string): DeviceQueue {
    let queue = this.#queues.get(deviceId);
    if (queue === undefined) {
      queue = new DeviceQueue(deviceId, this.#backoff);
      this.#queues.set(deviceId, queue);
    }
    return queue;
  }

  /** All that are remembered; many may be empty. */
  values(): Iterable<DeviceQueue> {
    return this.#queues.values();
  }

  /** The queue has nothing more to send. */
  idle(queue: DeviceQueue): void {
    queue.urgent = false;
    queue.backoff = this.#backoff;
    queue.idle++;
    if (this.#idle.length < REMEMBERED) {
      this.#idle.push(queue);
      return;
    }
    const forgotten = this.#idle[this.#oldest] as DeviceQueue;
    this.#idle[this.#oldest] = queue;
    this.#oldest = (this.#oldest + 1) % REMEMBERED;
    forgotten.idle--;
    // One that is in use again comes back here when it is not any more.
    if (forgotten.idle === 0 && forgotten.isEmpty && !forgotten.busy) this.#queues.delete(forgotten.deviceId);
  }
}
