import type { Storage } from '../journal/storage.js';
import type { Entry } from '../protocol/entry.js';
import type { RollUp } from '../protocol/roll-up.js';
import type { Accounts } from './accounts.js';
import type { DeviceQueue } from './device-queue.js';
import type { EntryTraits, TraitsPool } from './entry-traits.js';
import { QueuedEntry } from './queued-entry.js';

interface Place {
  readonly queue: DeviceQueue;
  readonly position: number;
  entry: Entry;
}

const MOST = 10_000;

/** Remembers where entries wait that equal ones may merge with. What has left is found out when it is looked for. */
export class RollUps {
  readonly #places = new Map<string, Place>();
  readonly #storage: Storage;
  readonly #accounts: Accounts;
  readonly #traits: TraitsPool;

  constructor(storage: Storage, accounts: Accounts, traits: TraitsPool) {
    this.#storage = storage;
    this.#accounts = accounts;
    this.#traits = traits;
  }

  /** False when no equal entry waits any more. */
  merge(deviceId: string, traits: EntryTraits, timestamp: number, { key, merge }: RollUp): boolean {
    const name = nameOf(deviceId, key);
    const place = this.#places.get(name);
    if (place === undefined) return false;
    const { queue, position, entry } = place;
    if (!queue.waiting.swap(position, entry, entry)) {
      this.#places.delete(name);
      return false;
    }
    const { idType, kind, feature, tz, weight } = traits;
    const both = this.#traits.of(idType, kind, feature, tz, entry.weight + weight);
    const fresh = QueuedEntry.accept(queue, both, timestamp, '', merge(entry.body), '', this.#storage);
    queue.waiting.swap(position, entry, fresh);
    this.#accounts.replace(entry, fresh);
    place.entry = fresh;
    return true;
  }

  remember({ key }: RollUp, place: Place): void {
    if (this.#places.size >= MOST) this.#places.clear();
    this.#places.set(nameOf(place.entry.deviceId, key), place);
  }
}

function nameOf(deviceId: string, key: string): string {
  return `${deviceId}\n${key}`;
}
