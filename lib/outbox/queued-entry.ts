import type { DeviceIdType, Entry, EntryDraft, EntryFeature, EntryKind } from '../protocol/entry.js';

/** An entry in the queue. A class, so that all of them share one shape, made in one step from a draft and its id. */
export class QueuedEntry implements Entry {
  readonly id: number;
  readonly deviceId: string;
  readonly idType: DeviceIdType;
  readonly kind: EntryKind;
  readonly feature: EntryFeature;
  readonly timestamp: number;
  readonly tz: number;
  readonly body: string;
  readonly weight: number;

  constructor(draft: EntryDraft, id: number) {
    this.id = id;
    this.deviceId = draft.deviceId;
    this.idType = draft.idType;
    this.kind = draft.kind;
    this.feature = draft.feature;
    this.timestamp = draft.timestamp;
    this.tz = draft.tz;
    this.body = draft.body;
    this.weight = draft.weight;
  }
}
