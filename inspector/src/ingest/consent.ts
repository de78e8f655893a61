import { isObject } from '../protocol/json.js';
import type { SqlDatabase } from '../sql/sql.js';
import type { IngestContext, Owner } from './context.js';
import type { Entry } from './entry.js';

export function knowsConsent(database: SqlDatabase, appKey: string, deviceId: string): boolean {
  const found = database.prepare('SELECT 1 FROM consents WHERE app_key = ? AND device_id = ? LIMIT 1');
  return found.first(appKey, deviceId) !== undefined;
}

/** Records what changed. A server classifies by truthiness, so the text "false" is consent given. */
export function ingestConsent(context: IngestContext, owner: Owner, entry: Entry): void {
  const consent = entry.consent.state === 'read' ? entry.consent.value : undefined;
  if (!isObject(consent)) return;
  const { device } = owner;
  const { database, insert } = context.store;
  const known = database.prepare<{ granted: number }>(
    'SELECT granted FROM consents WHERE app_key = ? AND device_id = ? AND feature = ?',
  );
  const save = database.prepare(
    `INSERT INTO consents (app_key, device_id, feature, granted, updated_at, request_id) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (app_key, device_id, feature)
     DO UPDATE SET granted = excluded.granted, updated_at = excluded.updated_at, request_id = excluded.request_id`,
  );
  const given: string[] = [];
  const refused: string[] = [];
  for (const [feature, value] of Object.entries(consent)) {
    const granted = Boolean(value);
    if (known.first(device.app_key, device.device_id, feature)?.granted === Number(granted)) continue;
    save.run(device.app_key, device.device_id, feature, granted, entry.timestamp, context.requestId);
    insert.consent_changes({
      request_id: context.requestId,
      app_key: device.app_key,
      device_id: device.device_id,
      feature,
      granted,
      timestamp: entry.timestamp,
    });
    (granted ? given : refused).push(feature);
  }
  if (given.length + refused.length === 0) return;
  owner.userChanged = true;
  // One message for the request: a first answer names every feature there is.
  const { app_key, device_id } = device;
  context.live.add('consent', () => ({ app_key, device_id, given, refused, timestamp: entry.timestamp }));
}
