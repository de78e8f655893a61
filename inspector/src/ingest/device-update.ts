import { numberOf, readObject, textOf } from '../protocol/json.js';
import type { DeviceRow } from '../store/device-row.js';
import type { Entry } from './entry.js';

/** What every request leaves on the user document, whatever it carries. */
export function updateDevice(device: DeviceRow, entry: Entry): void {
  const { parameters } = entry;
  device.request_count += 1;
  device.first_seen = Math.min(device.first_seen, entry.timestamp);
  device.last_seen = Math.max(device.last_seen, entry.timestamp);
  device.id_type = numberOf(parameters['t']) ?? device.id_type;
  // A JSON 0 is falsy for the server and not stored; the text "0" is.
  if (parameters['tz']) device.tz = numberOf(parameters['tz']) ?? device.tz;
  if (parameters['sdk_name'] && parameters['sdk_version']) {
    device.sdk_name = textOf(parameters['sdk_name']) ?? null;
    device.sdk_version = textOf(parameters['sdk_version']) ?? null;
  }
  const metrics = readObject(parameters['metrics']);
  if (metrics !== undefined) device.metrics = JSON.stringify({ ...readObject(device.metrics), ...metrics });
  device.platform = textOf(metrics?.['_os']) ?? device.platform;
  device.app_version = textOf(metrics?.['_app_version']) ?? textOf(parameters['av']) ?? device.app_version;
  device.last_request = entry.fingerprint ?? device.last_request;
}
