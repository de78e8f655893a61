import { numberOf, readObject, textOf } from '../protocol/json.js';
import type { Owner } from './context.js';
import type { Entry } from './entry.js';
import { timeAfterEvents } from './event-time.js';
import { applyGivenPlace } from './location.js';

/** Metrics of all requests are kept together; what would let them grow beyond measure is left out. */
const MAX_METRICS_CHARS = 200_000;

/** What every request leaves on the user document, whatever it carries. */
export function updateDevice(owner: Owner, entry: Entry): void {
  const { device } = owner;
  const { parameters } = entry;
  device.counted = 1;
  device.request_count += 1;
  device.first_seen = Math.min(device.first_seen, entry.timestamp);
  device.last_seen = Math.max(device.last_seen, timeAfterEvents(entry));
  // A JSON 0 is falsy for the server and not stored; the text "0" is, and makes the user a known one.
  if (parameters['t']) {
    device.id_type = numberOf(parameters['t']) ?? device.id_type;
    if (device.id_type === 0) device.known = 1;
  }
  // A text that is no number is kept, too.
  if (parameters['tz']) device.tz = numberOf(parameters['tz']) ?? textOf(parameters['tz']) ?? device.tz;
  if (parameters['sdk_name'] && parameters['sdk_version']) {
    device.sdk_name = textOf(parameters['sdk_name']) ?? null;
    device.sdk_version = textOf(parameters['sdk_version']) ?? null;
  }
  updateMetrics(owner, entry);
  const health = readObject(parameters['hc']);
  if (health !== undefined) {
    device.health = JSON.stringify(health);
    owner.userChanged = true;
  }
  if (!parameters['begin_session'] && applyGivenPlace(device, entry)) owner.userChanged = true;
}

function updateMetrics(owner: Owner, { metrics: part, parameters }: Entry): void {
  const { device } = owner;
  const metrics = part.state === 'read' ? readObject(part.value) : undefined;
  device.platform = textOf(metrics?.['_os']) ?? device.platform;
  device.app_version = textOf(metrics?.['_app_version']) ?? textOf(parameters['av']) ?? device.app_version;
  if (metrics === undefined) return;
  const before = device.metrics;
  const next = JSON.stringify({ ...readObject(before), ...metrics });
  if (next.length <= MAX_METRICS_CHARS) device.metrics = next;
  if (device.metrics !== before) owner.userChanged = true;
}
