import { isObject, type JsonObject, lettersOf, type Part } from '../protocol/json.js';
import type { SqlDatabase } from '../sql/sql.js';
import { type IngestContext, type Owner, ownerColumns } from './context.js';
import type { Entry } from './entry.js';

export function knowsConsent(database: SqlDatabase, appKey: string, deviceId: string): boolean {
  const found = database.prepare('SELECT 1 FROM consents WHERE app_key = ? AND device_id = ? LIMIT 1');
  return found.first(appKey, deviceId) !== undefined;
}

/** Records what changed, as it came. A server classifies by truthiness, so the text "false" is consent given. */
export function ingestConsent(context: IngestContext, owner: Owner, entry: Entry): void {
  const { device } = owner;
  const { database, insert } = context.store;
  const known = database.prepare<{ value: string }>(
    'SELECT value FROM consents WHERE app_key = ? AND device_id = ? AND feature = ?',
  );
  const save = database.prepare(
    `INSERT OR REPLACE INTO consents (app_key, device_id, feature, granted, value, updated_at, request_id)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const given: string[] = [];
  const refused: string[] = [];
  for (const [feature, sent] of Object.entries(featuresIn(entry.consent))) {
    const granted = Boolean(sent);
    const value = JSON.stringify(sent);
    const before = known.first(device.app_key, device.device_id, feature)?.value;
    // Compared strictly: 1 is another consent than true, and no object is the one before.
    if (before === value && (typeof sent !== 'object' || sent === null)) continue;
    save.run(device.app_key, device.device_id, feature, granted, value, entry.timestamp, context.requestId);
    const change = { ...ownerColumns(context, owner), feature, granted, value, timestamp: entry.timestamp };
    insert.consent_changes(change);
    (granted ? given : refused).push(feature);
  }
  if (given.length + refused.length === 0) return;
  owner.userChanged = true;
  // One message for the request: a first answer names every feature there is.
  const { app_key, device_id } = device;
  context.live.add('consent', () => ({ app_key, device_id, given, refused, timestamp: entry.timestamp }));
}

/** Countly knows some twenty features. */
const MOST_FEATURES = 1000;

/** A text, whether it is no JSON or the JSON of one, is taken apart: its features are called "0", "1", … */
function featuresIn(consent: Part): JsonObject {
  if (consent.state === 'absent') return {};
  const value = consent.state === 'broken' ? consent.text : consent.value;
  if (typeof value === 'string') return lettersOf(value);
  if (!isObject(value) && !Array.isArray(value)) return {};
  const features = Object.entries(value);
  return features.length <= MOST_FEATURES ? { ...value } : Object.fromEntries(features.slice(0, MOST_FEATURES));
}
