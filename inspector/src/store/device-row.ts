import type { SqlDatabase } from '../sql/sql.js';

/** A row of `devices`, in the column names of the table: the user document of a real server. */
export interface DeviceRow {
  id: number;
  app_key: string;
  device_id: string;
  uid: string;
  first_seen: number;
  last_seen: number;
  id_type: number | null;
  sdk_name: string | null;
  sdk_version: string | null;
  app_version: string | null;
  platform: string | null;
  country: string | null;
  region: string | null;
  city: string | null;
  location: string | null;
  location_source: string | null;
  ip: string | null;
  tz: number | string | null;
  metrics: string | null;
  /** The last health check, JSON. */
  health: string | null;
  /** 1 once a request said `t=0`: the id was given by the developer, the user is a known one. */
  known: number;
  /** 0 while only `/o/sdk` has been asked: the document exists and is not counted among the users. */
  counted: number;
  request_count: number;
  event_count: number;
  view_count: number;
  session_count: number;
  session_seconds: number;
  crash_count: number;
  trace_count: number;
  /** Row of `sessions` that is running. */
  open_session: number | null;
  last_session: number | null;
  /** Timestamp of the last `end_session`, for the cooldown. */
  last_end: number | null;
  /** Fingerprint of the last request, for duplicate suppression. */
  last_request: string | null;
}

const WRITABLE = [
  'first_seen',
  'last_seen',
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
  'known',
  'counted',
  'request_count',
  'event_count',
  'view_count',
  'session_count',
  'session_seconds',
  'crash_count',
  'trace_count',
  'open_session',
  'last_session',
  'last_end',
  'last_request',
] as const satisfies ReadonlyArray<keyof DeviceRow>;

export interface DeviceStore {
  find(appKey: string, deviceId: string): DeviceRow | undefined;
  create(appKey: string, deviceId: string, uid: string, seenAt: number): DeviceRow;
  save(device: DeviceRow): void;
  remove(device: DeviceRow): void;
}

export function createDeviceStore(database: SqlDatabase): DeviceStore {
  const select = database.prepare<DeviceRow>('SELECT * FROM devices WHERE app_key = ? AND device_id = ?');
  const insert = database.prepare<DeviceRow>(
    'INSERT INTO devices (app_key, device_id, uid, first_seen, last_seen) VALUES (?, ?, ?, ?, ?) RETURNING *',
  );
  const update = database.prepare(
    `UPDATE devices SET ${WRITABLE.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`,
  );
  const remove = database.prepare('DELETE FROM devices WHERE id = ?');
  return {
    find: (appKey, deviceId) => select.first(appKey, deviceId),
    create: (appKey, deviceId, uid, seenAt) => insert.first(appKey, deviceId, uid, seenAt, seenAt) as DeviceRow,
    save: (device) => {
      update.run(...WRITABLE.map((column) => device[column]), device.id);
    },
    remove: (device) => {
      remove.run(device.id);
    },
  };
}
