import type { Entry } from '../protocol/entry.js';
import type { DeviceQueue, DeviceQueues } from './device-queues.js';
import type { Schedule } from './schedule.js';

const MERGE = '"old_device_id":';

/**
 * Keeps the order between two devices that become one: the merge leaves after all that was accepted for the old id, or the
 * server would make a new user of what comes late (docs/protocol.md §2.7). Also keeps back what waits for an id at all.
 */
export class MergeOrder {
  /** Queues that wait, by the device they wait for; under the empty name those that wait for the storage. */
  readonly #waiting = new Map<string, Set<DeviceQueue>>();
  /** Whoever waits for the merges into a device to be over. */
  readonly #asked = new Map<string, (() => void)[]>();
  /** Nothing of this device may leave. */
  held: string | undefined;
  /** What the storage still has is no older than this id; infinite when it has nothing. */
  #unreadFrom = 0;

  constructor(
    private readonly queues: DeviceQueues,
    private readonly schedule: Schedule,
  ) {}

  get heldQueue(): DeviceQueue | undefined {
    return this.held === undefined ? undefined : this.queues.get(this.held);
  }

  get hasUnread(): boolean {
    return this.#unreadFrom !== Number.POSITIVE_INFINITY;
  }

  readUpTo(id: number): void {
    this.#unreadFrom = id;
    this.release('');
  }

  /** True when the next request of this queue has to wait for another device; it is put on the schedule again then. */
  mustWait(queue: DeviceQueue): boolean {
    if (queue.deviceId === this.held) return true;
    const next = queue.sealed[0]?.entries[0] ?? queue.waiting.at(0);
    if (next?.feature !== 'core') return false;
    const oldId = mergedId(next);
    if (oldId === undefined || oldId === queue.deviceId) return false;
    if (this.#unreadFrom < next.id) return this.#wait('', queue);
    const old = this.queues.get(oldId);
    // Ids increase in the order of acceptance, so two devices can never wait for each other.
    if (old === undefined || old.firstId > next.id) return false;
    this.schedule.hurry(old);
    return this.#wait(oldId, queue);
  }

  /** A device has got something off; those that wait for it look again. */
  release(name: string): void {
    if (this.#asked.size > 0) this.#tell(name);
    // Nearly always nothing waits; and this is asked with each request.
    const waiting = this.#waiting.size > 0 ? this.#waiting.get(name) : undefined;
    if (waiting === undefined) return;
    this.#waiting.delete(name);
    for (const queue of waiting) if (!queue.isEmpty && !queue.busy) this.schedule.due.add(queue);
  }

  /** Resolves when no merge into this device waits any more; undefined when none does. */
  merged(deviceId: string): Promise<void> | undefined {
    const queue = this.queues.get(deviceId);
    if (queue === undefined || !hasMerge(queue)) return undefined;
    return new Promise((resolve) => this.#asked.set(deviceId, [...(this.#asked.get(deviceId) ?? []), resolve]));
  }

  #tell(name: string): void {
    const queue = this.queues.get(name);
    if (queue !== undefined && hasMerge(queue)) return;
    for (const resolve of this.#asked.get(name) ?? []) resolve();
    this.#asked.delete(name);
  }

  #wait(name: string, queue: DeviceQueue): true {
    this.#waiting.set(name, (this.#waiting.get(name) ?? new Set()).add(queue));
    return true;
  }
}

function hasMerge({ sealed, waiting }: DeviceQueue): boolean {
  if (sealed.some(({ entries }) => entries.some(isMerge))) return true;
  for (let i = 0; i < waiting.length; i++) if (isMerge(waiting.at(i) as Entry)) return true;
  return false;
}

function isMerge({ feature, body }: Entry): boolean {
  return feature === 'core' && body.startsWith(MERGE);
}

/** The id that becomes part of the entry's own device; undefined when the entry is no merge. */
function mergedId({ body }: Entry): string | undefined {
  if (!body.startsWith(MERGE)) return undefined;
  const { old_device_id } = JSON.parse(`{${body}}`) as { old_device_id?: unknown };
  return typeof old_device_id === 'string' ? old_device_id : undefined;
}
