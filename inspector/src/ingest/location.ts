import { isCoordinates } from '../checks/location-checks.js';
import { textOf } from '../protocol/json.js';
import type { DeviceRow } from '../store/device-row.js';
import type { Entry } from './entry.js';

/**
 * Where the server puts the user. It decides only when a session begins. This inspector has no table of addresses:
 * `location_source` says what a real server would have looked up.
 */
export function applySessionPlace(device: DeviceRow, entry: Entry): void {
  const { parameters } = entry;
  device.ip = textOf(parameters['ip_address']) ?? entry.senderIp;
  if (parameters['location'] === '') {
    device.country = 'Unknown';
    device.region = 'Unknown';
    device.city = 'Unknown';
    device.location = null;
    device.location_source = 'opt-out';
    return;
  }
  device.country = textOf(parameters['country_code']) ?? null;
  device.city = textOf(parameters['city']) ?? null;
  device.region = textOf(parameters['region']) ?? null;
  device.location = isCoordinates(parameters['location']) ? parameters['location'] : null;
  device.location_source = sourceOf(device, parameters['ip_address']);
}

/** Between sessions only what the request itself says is taken; nothing is looked up. True when it changed the user. */
export function applyGivenPlace(device: DeviceRow, { parameters }: Entry): boolean {
  const before = [device.country, device.region, device.city, device.location];
  device.country = textOf(parameters['country_code']) || device.country;
  device.region = textOf(parameters['region']) || device.region;
  device.city = textOf(parameters['city']) || device.city;
  if (isCoordinates(parameters['location'])) device.location = parameters['location'];
  return [device.country, device.region, device.city, device.location].some((value, index) => value !== before[index]);
}

function sourceOf(device: DeviceRow, ipAddress: unknown): string {
  if (device.location !== null) return 'coordinates';
  if (device.country !== null && device.city !== null) return 'country and city';
  return ipAddress ? 'ip_address' : 'sender';
}
