import type { SqlDatabase } from '../sql/sql.js';
import type { DeviceRow } from '../store/device-row.js';
import type { IngestContext, Owner } from './context.js';
import { customOf, findProfile, STANDARD, saveProfile } from './user-details.js';

const HISTORY = ['events', 'views', 'sessions', 'crashes', 'traces', 'consent_changes', 'profile_changes'] as const;

/** Whom the old user goes up in. A question about a device may bring a merge, and is no entry. */
interface Merging extends Pick<Owner, 'device'> {
  readonly entryId: number | null;
}

/**
 * `old_device_id`: the old user goes up in the new one. Counters add up, first seen is the earlier one, and where both
 * have a value the new id's value stays; of consent that of the old id does, whichever of the two is the older user
 * (docs/protocol.md §2.7). `entries` keep the id they were sent with.
 */
export function mergeDevices(
  context: IngestContext,
  { device: target, entryId }: Merging,
  oldDeviceId: string,
  timestamp: number,
): void {
  const { store } = context;
  const old = store.devices.find(target.app_key, oldDeviceId);
  store.insert.merges({
    request_id: context.requestId,
    entry_id: entryId,
    app_key: target.app_key,
    old_device_id: oldDeviceId,
    device_id: target.device_id,
    timestamp,
  });
  if (old === undefined) return;
  context.numbers.merges.push({ from: oldDeviceId, to: target.device_id });
  mergeConsent(store.database, target, old);
  addUp(target, old);
  mergeProfile(context, target, old, timestamp);
  for (const table of HISTORY) {
    store.database
      .prepare(`UPDATE ${table} SET device_id = ? WHERE app_key = ? AND device_id = ?`)
      .run(target.device_id, old.app_key, old.device_id);
  }
  for (const table of ['consents', 'user_profiles']) {
    store.database.prepare(`DELETE FROM ${table} WHERE app_key = ? AND device_id = ?`).run(old.app_key, old.device_id);
  }
  store.devices.remove(old);
}

function mergeConsent(database: SqlDatabase, target: DeviceRow, old: DeviceRow): void {
  database
    .prepare('UPDATE OR REPLACE consents SET device_id = ? WHERE app_key = ? AND device_id = ?')
    .run(target.device_id, old.app_key, old.device_id);
}

const SUMMED = [
  'request_count',
  'event_count',
  'view_count',
  'session_count',
  'session_seconds',
  'crash_count',
  'trace_count',
] as const;

const FILLED = [
  'id_type',
  'sdk_name',
  'sdk_version',
  'app_version',
  'platform',
  'country',
  'region',
  'city',
  'location',
  'location_source',
  'ip',
  'tz',
  'metrics',
  'health',
  'open_session',
  'last_session',
  'last_end',
] as const;

function addUp(target: DeviceRow, old: DeviceRow): void {
  for (const counter of SUMMED) target[counter] += old[counter];
  for (const column of FILLED) fill(target, old, column);
  target.first_seen = Math.min(target.first_seen, old.first_seen);
  target.last_seen = Math.max(target.last_seen, old.last_seen);
  target.known = Math.max(target.known, old.known);
  target.counted = Math.max(target.counted, old.counted);
}

function fill<Column extends keyof DeviceRow>(target: DeviceRow, old: DeviceRow, column: Column): void {
  target[column] ??= old[column];
}

function mergeProfile(context: IngestContext, target: DeviceRow, old: DeviceRow, timestamp: number): void {
  const { database } = context.store;
  const before = findProfile(database, old.app_key, old.device_id);
  if (before === undefined) return;
  const now = findProfile(database, target.app_key, target.device_id);
  const standard = STANDARD.map((name) => now?.[name] ?? before[name]);
  const custom = { ...customOf(before), ...customOf(now) };
  saveProfile(context, target, [...standard, JSON.stringify(custom)], timestamp);
}
