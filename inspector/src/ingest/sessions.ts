import { SESSION_COOLDOWN_SECONDS, SESSION_DURATION_LIMIT } from '../checks/session-checks.js';
import { numberOf, readObject } from '../protocol/json.js';
import type { IngestContext, Owner } from './context.js';
import type { Entry } from './entry.js';
import { applyLocation } from './location.js';

/** Sessions of a classic server: begin, cooldown, duration, end. */
export function ingestSession(context: IngestContext, owner: Owner, entry: Entry): void {
  const { parameters } = entry;
  if (parameters['begin_session']) {
    begin(context, owner, entry);
    addDuration(context, owner, parameters['session_duration']);
    // A classic server looks at `end_session` only when the request does not begin one.
    return;
  }
  addDuration(context, owner, parameters['session_duration']);
  if (parameters['end_session']) end(context, owner, entry.timestamp, 'end_session');
}

function begin(context: IngestContext, owner: Owner, entry: Entry): void {
  const { device } = owner;
  if (device.open_session !== null) end(context, owner, entry.timestamp, 'next begin_session');
  else if (isCoolingDown(owner, entry)) {
    resume(context, owner);
    return;
  }
  applyLocation(device, entry);
  const metrics = readObject(entry.parameters['metrics']);
  const row = {
    request_id: context.requestId,
    app_key: device.app_key,
    device_id: device.device_id,
    started_at: entry.timestamp,
    duration: 0,
    resumed: 0,
    metrics: metrics === undefined ? null : JSON.stringify(metrics),
    country: device.country,
    city: device.city,
    location_source: device.location_source,
  };
  const id = context.store.insert.sessions(row);
  device.open_session = id;
  device.last_session = id;
  device.session_count += 1;
  context.live.add('session', () => ({ id, ...row, state: 'begin' }));
}

/** The comparison has no lower bound: a session that is older than the last end never counts. */
function isCoolingDown({ device }: Owner, entry: Entry): boolean {
  if (entry.parameters['ignore_cooldown'] || device.last_end === null || device.last_session === null) return false;
  return entry.timestamp - device.last_end < SESSION_COOLDOWN_SECONDS * 1000;
}

function resume(context: IngestContext, { device }: Owner): void {
  device.open_session = device.last_session;
  context.store.database
    .prepare('UPDATE sessions SET resumed = resumed + 1, ended_at = NULL, ended_by = NULL WHERE id = ?')
    .run(device.last_session);
  context.live.add('session', () => ({ id: device.last_session, device_id: device.device_id, state: 'resumed' }));
}

function addDuration(context: IngestContext, { device }: Owner, sent: unknown): void {
  const number = Math.trunc(numberOf(sent) ?? 0);
  if (number === 0) return;
  const seconds = number < 0 ? 30 : Math.min(number, SESSION_DURATION_LIMIT);
  if (device.open_session === null) return;
  device.session_seconds += seconds;
  context.store.database
    .prepare('UPDATE sessions SET duration = duration + ? WHERE id = ?')
    .run(seconds, device.open_session);
  context.live.add('session', () => ({
    id: device.open_session,
    device_id: device.device_id,
    state: 'extend',
    seconds,
  }));
}

function end(context: IngestContext, { device }: Owner, timestamp: number, endedBy: string): void {
  if (device.open_session === null) return;
  context.store.database
    .prepare('UPDATE sessions SET ended_at = ?, ended_by = ? WHERE id = ?')
    .run(timestamp, endedBy, device.open_session);
  context.live.add('session', () => ({ id: device.open_session, device_id: device.device_id, state: 'end', endedBy }));
  device.open_session = null;
  if (endedBy === 'end_session') device.last_end = timestamp;
}
