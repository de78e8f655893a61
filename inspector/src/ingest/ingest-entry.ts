import type { Repetition } from '../checks/request-memory.js';
import { stringOf, textOf } from '../protocol/json.js';
import { uidOf, ZERO_UUID } from '../protocol/payload.js';
import { ingestConsent, knowsConsent } from './consent.js';
import type { IngestContext, Owner } from './context.js';
import { ingestCrash } from './crashes.js';
import { updateDevice } from './device-update.js';
import { type Entry, keptParameters, kindsOf } from './entry.js';
import { ingestEvents } from './events.js';
import type { EntryOutcome } from './handled.js';
import { mergeDevices } from './merge.js';
import { ingestSession } from './sessions.js';
import { ingestTrace } from './traces.js';
import { customOf, findProfile, ingestUserDetails } from './user-details.js';
import { hadViews } from './views.js';

/** How one logical request ended and what a single `/i` would answer. */
export interface EntryResult {
  outcome: EntryOutcome;
  status: number;
  result: string;
  info?: string;
  /** Why the events or the session are lost although the answer is Success. */
  lost?: string;
  events: number;
  views: number;
  /** The rest of the bulk is lost. */
  stalled: boolean;
}

const SUCCESS: EntryResult = {
  outcome: 'stored',
  status: 200,
  result: 'Success',
  events: 0,
  views: 0,
  stalled: false,
};

/** Takes in one logical request the way a classic server does, in its order: identity, app, duplicates, parts. */
export function ingestEntry(context: IngestContext, entry: Entry): EntryResult {
  const { store, settings, checker } = context;
  const { database } = store;
  const known = store.devices.find(entry.appKey, entry.deviceId);
  checker.entry({
    entry,
    device: known,
    customProperties: () => customOf(findProfile(database, entry.appKey, entry.deviceId)),
    knowsConsent: (deviceId) => knowsConsent(database, entry.appKey, deviceId),
    hadViews: () => hadViews(database, entry.appKey, entry.deviceId),
    knowsView: (viewId) => knowsView(context, entry.appKey, viewId),
  });
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
    return takeIn({ device, entryId, userChanged: false });
  }

  function takeIn(owner: Owner): EntryResult {
    const { device } = owner;
    const oldDeviceId = textOf(entry.parameters['old_device_id']);
    if (oldDeviceId && oldDeviceId !== entry.deviceId) {
      mergeDevices(context, owner, oldDeviceId, entry.timestamp);
    }
    updateDevice(owner, entry);
    ingestConsent(context, owner, entry);
    const session = ingestSession(context, owner, entry);
    ingestUserDetails(context, owner, entry);
    ingestCrash(context, owner, entry);
    ingestTrace(context, owner, entry);
    const { events, views, stalled, lost = session.lost } = ingestEvents(context, owner, entry);
    // A truthy `rr` is itself a property of the user that is written.
    const isNoted = owner.userChanged || Boolean(entry.parameters['rr']);
    checker.outcome({ entry, isNoted, repetition: repetition() });
    if (isNoted && entry.fingerprint !== undefined) device.last_request = entry.fingerprint;
    store.devices.save(device);
    const result = { ...SUCCESS, events, views };
    return lost === undefined ? result : { ...result, outcome: 'lost', lost, stalled };
  }

  function repetition(): Repetition {
    const { fingerprint, fingerprintWithoutRr: withoutRr } = entry;
    if (fingerprint === undefined) return 'none';
    const device = `${entry.appKey}\n${entry.deviceId}`;
    return checker.memory.requests.repetitionOf({ device, fingerprint, withoutRr, rr: entry.parameters['rr'] });
  }
}

function knowsView({ store }: IngestContext, appKey: string, viewId: string): boolean {
  const found = store.database.prepare('SELECT 1 FROM views WHERE view_id = ? AND app_key = ? LIMIT 1');
  return found.first(viewId, appKey) !== undefined;
}

function rejected(result: string): EntryResult {
  return { ...SUCCESS, outcome: 'rejected', status: 400, result };
}

export function recordEntry(context: IngestContext, entry: Entry, entryId: number, result: EntryResult): void {
  const row = {
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
  };
  context.store.insert.entries(row);
  const { sdk_name: name, sdk_version: version } = entry.parameters;
  context.numbers.sdk ??= name && version ? { name: stringOf(name), version: stringOf(version) } : undefined;
  context.numbers.entries.push(row);
}

function noteOf({ outcome, info, lost, result }: EntryResult): string | null {
  return lost ?? info ?? (outcome === 'stored' ? null : result);
}
