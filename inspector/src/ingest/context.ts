import type { Checker } from '../checks/checker.js';
import type { LiveBatch } from '../live/live-message.js';
import type { NumbersBatch } from '../numbers/batch.js';
import type { ServerSettings } from '../options.js';
import type { DeviceRow } from '../store/device-row.js';
import type { Store } from '../store/store.js';

/** What every part of the ingestion of one HTTP request shares. */
export interface IngestContext {
  readonly store: Store;
  readonly settings: Readonly<ServerSettings>;
  readonly checker: Checker;
  readonly live: LiveBatch;
  readonly numbers: NumbersBatch;
  readonly requestId: number;
}

/** The rows one entry writes belong to this owner. */
export interface Owner {
  readonly device: DeviceRow;
  readonly entryId: number;
  /** Set by each part that changes the user's document; only then a server notes the request (docs/protocol.md §2.8). */
  userChanged: boolean;
}

/** The columns that say whose row it is. */
export function ownerColumns(context: IngestContext, owner: Owner) {
  return {
    request_id: context.requestId,
    entry_id: owner.entryId,
    app_key: owner.device.app_key,
    device_id: owner.device.device_id,
  };
}
