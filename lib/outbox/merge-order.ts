import type { Entry } from '../protocol/entry.js';
import type { DeviceQueue } from './device-queue.js';
import type { DeviceQueues } from './device-queues.js';
import type { Schedule } from './schedule.js';

const MERGE = '"old_device_id":';

/**
 * Keeps the order between two devices that become one: the merge leaves after everything that was accepted for the old
 * id before it, or the server would make a new user of what comes late (docs/protocol.md §2.7). Also keeps back what waits for
 * an id at all.
 */
export class MergeOrder {
  readonly #queues: DeviceQueues;
  readonly #schedule: Schedule;
  /** Queues that wait, by the device they wait for. */
  readonly #waiting = new Map<string, Set<DeviceQueue>>();
  /** Nothing of this device may leave. */
  held: string | undefined;

  constructor(queues: DeviceQueues, schedule: Schedule) {
    this.#queues = queues;
    this.#schedule = schedule;
  }

  get heldQueue(): DeviceQueue | undefined {
    return this.held === undefined ? undefined : this.#queues.get(this.held);
  }

  /** True when the next request of this queue has to wait for another device; `release` puts it on the schedule again. */
  mustWait(queue: DeviceQueue): boolean {
    if (queue.deviceId === this.held) return true;
    const next = front(queue);
    if (next?.feature !== 'core' || !next.body.startsWith(MERGE)) return false;
    const oldId = JSON.parse(`{${next.body}}`).old_device_id as string;
    const old = oldId === queue.deviceId ? undefined : this.#queues.get(oldId);
    const before = old === undefined ? undefined : front(old);
    // Ids increase in the order of acceptance, so two devices can never wait for each other.
    if (old === undefined || before === undefined || before.id > next.id) return false;
    const waiting = this.#waiting.get(oldId) ?? new Set();
    this.#waiting.set(oldId, waiting.add(queue));
    this.#schedule.hurry(old);
    return true;
  }

  /** A device has got something off; those that wait for it look again. */
  release(queue: DeviceQueue): void {
    // Nearly always; and this is asked with each request.
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting.get(queue.deviceId);
    if (waiting === undefined) return;
    this.#waiting.delete(queue.deviceId);
    for (const other of waiting) if (!other.isEmpty && !other.busy) this.#schedule.due(other);
  }
}

function front(queue: DeviceQueue): Entry | undefined {
  return queue.sealed[0]?.entries[0] ?? queue.waiting.at(0);
}
