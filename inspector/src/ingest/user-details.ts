import { isObject, type JsonObject, readObject, textOf } from '../protocol/json.js';
import type { SqlDatabase, SqlValue } from '../sql/sql.js';
import { type IngestContext, type Owner, ownerColumns } from './context.js';
import type { Entry } from './entry.js';
import { applyCustom } from './user-operators.js';

/** Properties with a column of their own; everything else belongs into `custom`. */
export const STANDARD = ['name', 'username', 'email', 'organization', 'phone', 'picture', 'gender', 'byear'] as const;

/** They are read and written again with every change of the user. */
const MAX_CUSTOM_CHARS = 2_000_000;

export type ProfileRow = Record<(typeof STANDARD)[number] | 'custom', SqlValue>;

export function findProfile(database: SqlDatabase, appKey: string, deviceId: string): ProfileRow | undefined {
  return database
    .prepare<ProfileRow>('SELECT * FROM user_profiles WHERE app_key = ? AND device_id = ?')
    .first(appKey, deviceId);
}

export function customOf(profile: ProfileRow | undefined): JsonObject {
  return readObject(profile?.custom) ?? {};
}

export function ingestUserDetails(context: IngestContext, owner: Owner, entry: Entry): void {
  const { device } = owner;
  const details = entry.userDetails.state === 'read' ? entry.userDetails.value : undefined;
  if (!isObject(details)) return;
  const { database } = context.store;
  const current = findProfile(database, device.app_key, device.device_id);
  const standard = STANDARD.map((name) => nextStandard(current?.[name] ?? null, details[name]));
  const changes = readObject(details['custom']);
  saveProfile(context, device, [...standard, nextCustom(customOf(current), changes)], entry.timestamp);
  const { timestamp } = entry;
  const change = { ...ownerColumns(context, owner), details: JSON.stringify(details), timestamp };
  const id = context.store.insert.profile_changes(change);
  context.live.add('profile', () => ({ id, device_id: device.device_id, app_key: device.app_key, details, timestamp }));
}

/** A change that would let the properties grow beyond all measure is left out. */
function nextCustom(current: JsonObject, changes: JsonObject | undefined): string {
  const next = JSON.stringify(changes === undefined ? current : applyCustom(current, changes));
  return next.length > MAX_CUSTOM_CHARS ? JSON.stringify(current) : next;
}

/** Absent keeps, an empty text removes. */
function nextStandard(current: SqlValue, sent: unknown): SqlValue {
  if (sent === undefined || isObject(sent)) return current;
  if (sent === '' || sent === null) return null;
  return typeof sent === 'number' ? sent : (textOf(sent) ?? current);
}

export function saveProfile(
  context: IngestContext,
  device: { app_key: string; device_id: string },
  values: SqlValue[],
  timestamp: number,
): void {
  const columns = ['app_key', 'device_id', ...STANDARD, 'custom', 'updated_at', 'request_id'];
  context.store.database
    .prepare(
      `INSERT OR REPLACE INTO user_profiles (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    )
    .run(device.app_key, device.device_id, ...values, timestamp, context.requestId);
}
