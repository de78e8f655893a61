import type { DeviceIdType, Entry, EntryDraft, EntryFeature, EntryKind } from '../protocol/entry.js';
import type { Storage } from '../storage/storage.js';

/**
 * An entry in the queue. The storage keeps the same object until it is written: a burst is many entries, and half the
 * objects are half the work of the garbage collector. The id is no property of its own, so that a storage which copies
 * what it is given never finds one in it.
 */
export class QueuedEntry implements Entry {
  #id = 0;
  readonly deviceId: string;
  readonly idType: DeviceIdType;
  readonly kind: EntryKind;
  readonly feature: EntryFeature;
  readonly timestamp: number;
  readonly tz: number;
  readonly body: string;
  readonly weight: number;

  private constructor(draft: EntryDraft, deviceId: string) {
    this.deviceId = deviceId;
    this.idType = draft.idType;
    this.kind = draft.kind;
    this.feature = draft.feature;
    this.timestamp = draft.timestamp;
    this.tz = draft.tz;
    this.body = draft.body;
    this.weight = draft.weight;
  }

  get id(): number {
    return this.#id;
  }

  /**
   * Gives a draft to the storage.
   * @param deviceId - the draft's, as its queue has it: each request brings a text of its own that says the same
   */
  static accept(draft: EntryDraft, storage: Storage, deviceId = draft.deviceId): QueuedEntry {
    const entry = new QueuedEntry(draft, deviceId);
    entry.#id = storage.append(entry);
    return entry;
  }
}
