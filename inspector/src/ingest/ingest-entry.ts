import { textOf } from '../protocol/json.js';
import { uidOf, ZERO_UUID } from '../protocol/payload.js';
import { ingestConsent } from './consent.js';
import type { IngestContext } from './context.js';
import { ingestCrash } from './crashes.js';
import { updateDevice } from './device-update.js';
import { type Entry, keptParameters, kindsOf } from './entry.js';
import { ingestEvents } from './events.js';
import { mergeDevices } from './merge.js';
import { ingestSession } from './sessions.js';
import { ingestTrace } from './traces.js';
import { customOf, findProfile, ingestUserDetails } from './user-details.js';

export type EntryOutcome = 'stored' | 'duplicate' | 'ignored' | 'skipped' | 'rejected' | 'lost';

/** How one logical request ended and what a single `/i` would answer. */
export interface EntryResult {
  outcome: EntryOutcome;
  status: number;
  result: string;
  info?: string;
  events: number;
  /** The rest of the bulk is lost. */
  stalled: boolean;
}

const SUCCESS: EntryResult = { outcome: 'stored', status: 200, result: 'Success', events: 0, stalled: false };

/** Takes in one logical request the way a classic server does, in its order: identity, app, duplicates, parts. */
export function ingestEntry(context: IngestContext, entry: Entry): EntryResult {
  const { store, settings } = context;
  const known = store.devices.find(entry.appKey, entry.deviceId);
  const customProperties = () => customOf(findProfile(store.database, entry.appKey, entry.deviceId));
  context.checker.entry({ entry, device: known, customProperties });
  const entryId = store.nextEntryId();
  const result = decide();
  recordEntry(context, entry, entryId, result);
  return result;

  function decide(): EntryResult {
    if (entry.deviceId === ZERO_UUID) return { ...SUCCESS, outcome: 'ignored', result: 'Ignoring device_id' };
    if (settings.appKey !== undefined && entry.appKey !== settings.appKey) return rejected('App does not exist');
    if (settings.paused) return rejected('App is currently not accepting data');
    const device =
      known ?? store.devices.create(entry.appKey, entry.deviceId, uidOf(entry.appKey, entry.deviceId), entry.timestamp);
    if (entry.fingerprint !== undefined && device.last_request === entry.fingerprint) {
      return { ...SUCCESS, outcome: 'duplicate', info: 'Request ignored: Duplicate request' };
    }
    const owner = { device, entryId };
    const oldDeviceId = textOf(entry.parameters['old_device_id']);
    if (oldDeviceId && oldDeviceId !== entry.deviceId) {
      mergeDevices(context, device, oldDeviceId, entry.timestamp);
    }
    updateDevice(device, entry);
    ingestConsent(context, owner, entry);
    ingestSession(context, owner, entry);
    ingestUserDetails(context, owner, entry);
    ingestCrash(context, owner, entry);
    ingestTrace(context, owner, entry);
    const events = ingestEvents(context, owner, entry);
    store.devices.save(device);
    if (events.stalled) return { ...SUCCESS, outcome: 'lost', stalled: true };
    return { ...SUCCESS, events: events.stored };
  }
}

function rejected(result: string): EntryResult {
  return { outcome: 'rejected', status: 400, result, events: 0, stalled: false };
}

export function recordEntry(context: IngestContext, entry: Entry, entryId: number, result: EntryResult): void {
  context.store.insert.entries({
    id: entryId,
    request_id: context.requestId,
    position: entry.position,
    app_key: entry.appKey,
    device_id: entry.deviceId,
    timestamp: entry.timestamp,
    kinds: kindsOf(entry.parameters).join(','),
    outcome: result.outcome,
    info: noteOf(result),
    params: keptParameters(entry.parameters),
  });
}

function noteOf({ outcome, info, result, stalled }: EntryResult): string | null {
  if (stalled) return 'null in "events"';
  return info ?? (outcome === 'stored' ? null : result);
}
