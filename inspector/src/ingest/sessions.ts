import { SESSION_COOLDOWN_SECONDS, SESSION_DURATION_LIMIT } from '../checks/session-checks.js';
import { hasNul } from '../protocol/bad-text.js';
import { isJson, leadingInteger, readObject } from '../protocol/json.js';
import { type IngestContext, type Owner, ownerColumns } from './context.js';
import type { Entry } from './entry.js';
import { applySessionPlace } from './location.js';

export interface SessionOutcome {
  /** Why a session that begins is not counted although the answer is Success. */
  readonly lost?: string;
}

const TAKEN: SessionOutcome = {};

/** Sessions of a classic server: begin, cooldown, duration, end. All three are tested for truth: the text "0" is one. */
export function ingestSession(context: IngestContext, owner: Owner, entry: Entry): SessionOutcome {
  const { parameters } = entry;
  if (parameters['begin_session']) {
    const lost = lossOf(entry);
    if (lost !== undefined) return { lost };
    owner.userChanged = true;
    begin(context, owner, entry);
    addDuration(context, owner, parameters['session_duration']);
    // A classic server looks at `end_session` only when the request does not begin one.
    return TAKEN;
  }
  addDuration(context, owner, parameters['session_duration']);
  if (!parameters['end_session']) return TAKEN;
  owner.userChanged = true;
  end(context, owner, entry.timestamp, 'end_session');
  return TAKEN;
}

/** Both make a user without a session (docs/protocol.md §1.5, §17.1): the country becomes a name in the figures. */
function lossOf({ metrics, parameters }: Entry): string | undefined {
  // What is only too deep for this inspector would have been read by a server.
  if (metrics.state === 'broken' && !isJson(metrics.text)) return '"metrics" of begin_session are no JSON';
  return hasNul(parameters['country_code']) ? 'NUL in country_code' : undefined;
}

function begin(context: IngestContext, owner: Owner, entry: Entry): void {
  const { device } = owner;
  if (device.open_session !== null) end(context, owner, entry.timestamp, 'next begin_session');
  else if (isCoolingDown(owner, entry)) {
    resume(context, owner);
    return;
  }
  applySessionPlace(device, entry);
  const metrics = readObject(entry.parameters['metrics']);
  const row = {
    ...ownerColumns(context, owner),
    started_at: entry.timestamp,
    duration: 0,
    resumed: 0,
    ...timeOfDay(entry),
    metrics: metrics === undefined ? null : JSON.stringify(metrics),
    country: device.country,
    city: device.city,
    location_source: device.location_source,
  };
  const id = context.store.insert.sessions(row);
  context.numbers.sessions += 1;
  device.open_session = id;
  device.last_session = id;
  device.session_count += 1;
  context.live.add('session', () => ({ id, ...row, state: 'begin' }));
}

/** Times of Day wants both, and takes the JSON number 0 (Sunday, midnight) for missing (docs/protocol.md §17.2). */
function timeOfDay({ parameters: { hour, dow } }: Entry): { hour: number | null; dow: number | null } {
  if (!hour || !dow) return { hour: null, dow: null };
  return { hour: leadingInteger(hour) ?? null, dow: leadingInteger(dow) ?? null };
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

/** Counted for the user with or without a running session; what follows the digits is not looked at. */
function addDuration(context: IngestContext, owner: Owner, sent: unknown): void {
  const number = leadingInteger(sent) ?? 0;
  if (number === 0) return;
  const { device } = owner;
  const seconds = number < 0 ? 30 : Math.min(number, SESSION_DURATION_LIMIT);
  owner.userChanged = true;
  device.session_seconds += seconds;
  if (device.open_session === null) return;
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
