import type { Entry } from '../protocol/entry.js';

const MERGE = '"old_device_id":';

/** What of a device waits for another device, which somebody else sends for. */
interface HeldDevice {
  /** In the order of acceptance; a merge is the first one. */
  entries: Entry[];
  oldId: string;
  /** Nothing of the old device stands before this place of its lane. */
  from: string;
}

/** The id that a merge makes part of the entry's device; undefined for anything else. */
export function mergedId({ feature, body, deviceId }: Entry): string | undefined {
  if (feature !== 'core' || !body.startsWith(MERGE)) return undefined;
  try {
    const { old_device_id: id } = JSON.parse(`{${body}}`) as { old_device_id?: unknown };
    return typeof id === 'string' && id !== deviceId ? id : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Keeps merges of two devices back, with all that follows of the same device, while the lane of the old device is somebody
 * else's and may hold entries that come first. Numbers increase over all lanes, so nobody waits for each other.
 */
export class HeldMerges {
  readonly #devices = new Map<string, HeldDevice>();

  /** @param isOurs whether this process sends for a device, and has read all that comes before what is asked for */
  constructor(private readonly isOurs: (deviceId: string) => boolean) {}

  /** Entries that are kept. */
  get size(): number {
    let size = 0;
    for (const { entries } of this.#devices.values()) size += entries.length;
    return size;
  }

  /** Devices of which something is kept. */
  get devices(): Iterable<string> {
    return this.#devices.keys();
  }

  /** Passes an entry on, or keeps it. */
  admits(entry: Entry): boolean {
    const held = this.#devices.get(entry.deviceId);
    if (held !== undefined) {
      held.entries.push(entry);
      return false;
    }
    const oldId = mergedId(entry);
    if (oldId === undefined || (this.isOurs(oldId) && !this.#devices.has(oldId))) return true;
    this.#devices.set(entry.deviceId, { entries: [entry], oldId, from: '-' });
    return false;
  }

  /** What is to be found out: whether anything of the old device comes before a merge. */
  get questions(): {
    readonly deviceId: string;
    readonly oldId: string;
    readonly from: string;
    readonly before: number;
  }[] {
    return [...this.#devices].flatMap(([deviceId, { entries, oldId, from }]) => {
      const [merge] = entries;
      if (merge === undefined || this.#devices.has(oldId)) return [];
      return [{ deviceId, oldId, from, before: merge.id }];
    });
  }

  /** Something of the old device stands there. */
  waits(deviceId: string, at: string): void {
    const held = this.#devices.get(deviceId);
    if (held !== undefined) held.from = at;
  }

  /** Nothing comes before the merge of this device any more: hands out what waited, up to the next merge that has to wait. */
  release(deviceId: string): Entry[] {
    const held = this.#devices.get(deviceId);
    this.#devices.delete(deviceId);
    const [merge, ...others] = held?.entries ?? [];
    return merge === undefined ? [] : [merge, ...others.filter((entry) => this.admits(entry))];
  }

  /** Devices that are somebody else's now, or entries that were taken back. */
  drop(isGone: (entry: Entry) => boolean): Entry[] {
    const gone: Entry[] = [];
    for (const [deviceId, held] of this.#devices) {
      gone.push(...held.entries.filter(isGone));
      held.entries = held.entries.filter((entry) => !isGone(entry));
      const [first] = held.entries;
      if (first === undefined) this.#devices.delete(deviceId);
      else held.oldId = mergedId(first) ?? held.oldId;
    }
    return gone;
  }
}
