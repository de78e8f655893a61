import type { Entry, EntryDraft } from '../protocol/entry.js';
import type { RollUp } from '../protocol/roll-up.js';
import type { DeviceQueue } from './device-queues.js';

const MOST = 10_000;

/** An entry that waited, and the text in place of it. */
interface Merged {
  readonly entry: Entry;
  readonly body: string;
}

interface Waiting {
  readonly queue: DeviceQueue;
  readonly entry: Entry;
}

/** Remembers entries that equal ones may merge with. What has left is found out when it is looked for. */
export class RollUps {
  readonly #waiting = new Map<string, Waiting>();
  readonly #ofObjects = new WeakMap<object, Waiting>();

  /**
   * Takes an equal entry that still waits out of its queue, with the text of both together; undefined when there is none, or
   * when something would be lost of them.
   */
  takeEqual({ deviceId }: EntryDraft, { key, merge }: RollUp): Merged | undefined {
    const waiting = this.#forget(deviceId, key);
    if (waiting === undefined) return undefined;
    const { queue, entry } = waiting;
    const body = merge(entry.body);
    return body !== undefined && queue.waiting.remove(entry) ? { entry, body } : undefined;
  }

  remember({ key }: RollUp, queue: DeviceQueue, entry: Entry): void {
    if (typeof key === 'object') return void this.#ofObjects.set(key, { queue, entry });
    if (this.#waiting.size >= MOST) this.#waiting.clear();
    this.#waiting.set(nameOf(entry.deviceId, key), { queue, entry });
  }

  #forget(deviceId: string, key: RollUp['key']): Waiting | undefined {
    if (typeof key === 'object') {
      const waiting = this.#ofObjects.get(key);
      return waiting?.queue.deviceId === deviceId ? waiting : undefined;
    }
    const name = nameOf(deviceId, key);
    const waiting = this.#waiting.get(name);
    this.#waiting.delete(name);
    return waiting;
  }
}

function nameOf(deviceId: string, key: string): string {
  return `${deviceId}\n${key}`;
}
