import type { LogicalRequest } from './recorder.js';
import type { Run } from './run-scenario.js';

/** Groups of what was sent, by kind: `begin_session+metrics`, `event order`, `fetch_remote_config` … */
export type Normalised = Readonly<Record<string, unknown>>;

/** Members that say nothing about what the application meant. */
const NOISE = new Set(['sdk_name', 'sdk_version', 'av', 'rr', 'tz', 'safe_api_response']);
const ENVELOPE = ['app_key', 'device_id', 't', 'country_code', 'city', 'ip_address', 'location', 'checksum256'];
const JSON_MEMBERS = new Set(['events', 'metrics', 'crash', 'apm', 'consent', 'user_details', 'keys', 'omit_keys']);
/** Times before it were given by the scenario and are compared; later ones are the clock's. */
const GIVEN_BEFORE = 1_750_000_000_000;

/** What a run sent and returned, without what legitimately differs: clock, encoding, batching, order between devices. */
export function normalise(run: Run, measured: readonly string[] = []): Normalised {
  const groups: Record<string, Record<string, unknown>[]> = {};
  const add = (group: string, item: Record<string, unknown>) => {
    groups[group] ??= [];
    groups[group].push(item);
  };
  for (const request of run.requests) split(request, add);
  for (const [group, items] of Object.entries(groups)) {
    if (group === 'consent') groups[group] = lastConsents(items);
    if (group === 'session_duration' && measured.includes(group))
      groups[group] = [{ ...items[0], session_duration: 'measured' }];
    else if (measured.includes(group)) groups[group] = items.map(withoutMeasured);
  }
  for (const items of Object.values(groups)) {
    items.sort((a, b) => String(a['device_id']).localeCompare(String(b['device_id'])));
  }
  return { ...groups, returned: run.returned, crashes: run.crashes };
}

function split(request: LogicalRequest, add: (group: string, item: Record<string, unknown>) => void): void {
  const envelope: Record<string, unknown> = {};
  const content: Record<string, unknown> = {};
  const time = givenTime(request.params['timestamp']);
  for (const [name, raw] of Object.entries(request.params)) {
    if (NOISE.has(name)) continue;
    if (name === 'timestamp' || name === 'hour' || name === 'dow') {
      if (time !== undefined) envelope[name] = name === 'timestamp' ? time : Number(raw);
    } else if (ENVELOPE.includes(name)) envelope[name] = String(raw);
    else content[name] = memberValue(name, raw);
  }
  envelope['path'] = request.path.replace(/\/bulk$/, '');
  if (request.headers['x-shop'] !== undefined) envelope['x-shop'] = request.headers['x-shop'];
  if (request.path.endsWith('/o/sdk')) {
    const { method, ...rest } = content;
    add(String(method), { ...envelope, ...rest });
    return;
  }
  const { events, ...rest } = content;
  if (Array.isArray(events)) {
    for (const event of events as Record<string, unknown>[])
      add(`event ${event['key']}`, { ...envelope, ...eventOf(event) });
  } else if (events !== undefined) rest['events'] = events;
  // Nothing to add to the session: one SDK says so, the other leaves it out.
  if ('end_session' in rest && rest['session_duration'] === '0') delete rest['session_duration'];
  const kind = Object.keys(rest).sort().join('+');
  if (kind !== '') add(kind, { ...envelope, ...rest });
}

function memberValue(name: string, raw: unknown): unknown {
  if (!JSON_MEMBERS.has(name)) return typeof raw === 'object' ? raw : String(raw);
  const value = typeof raw === 'string' ? parsed(raw) : raw;
  if (name !== 'apm' && name !== 'crash') return value;
  const { timestamp: _timestamp, hour: _hour, dow: _dow, ...rest } = value as Record<string, unknown>;
  if (isObject(rest['_custom']) && Object.keys(rest['_custom']).length === 0) delete rest['_custom'];
  const run = '_run' in rest ? { _run: typeof rest['_run'] } : {};
  return { ...rest, ...run, ...times(rest, ['stz', 'etz']) };
}

/** The time between two calls, which no two runs share. */
function withoutMeasured(item: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      name === 'dur' || name === 'session_duration' ? 'measured' : value,
    ]),
  );
}

/** One SDK sends changes, the other whole maps: what a server knows at the end is the same. */
function lastConsents(items: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  const byDevice = new Map<unknown, Record<string, unknown>>();
  for (const item of items) {
    const before = byDevice.get(item['device_id']);
    byDevice.set(item['device_id'], {
      ...item,
      consent: { ...(before?.['consent'] as object), ...(item['consent'] as object) },
    });
  }
  return [...byDevice.values()];
}

function eventOf(event: Record<string, unknown>): Record<string, unknown> {
  const { timestamp, hour, dow, ...rest } = event;
  const time = givenTime(timestamp);
  // Without segments one SDK sends an empty object, the other nothing.
  if (isObject(rest['segmentation']) && Object.keys(rest['segmentation']).length === 0) delete rest['segmentation'];
  if (time === undefined) return rest;
  return { ...rest, timestamp: time, ...(hour === undefined ? {} : { hour, dow }) };
}

function times(from: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => name in from).map((name) => [name, givenTime(from[name]) ?? 'now']));
}

function givenTime(value: unknown): number | undefined {
  const number = Number(value);
  const milliseconds = String(number).length === 10 ? number * 1000 : number;
  return milliseconds < GIVEN_BEFORE ? milliseconds : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return `not JSON: ${text.slice(0, 40)}`;
  }
}

/** One place where two runs differ. */
export interface Difference {
  readonly at: string;
  readonly official: unknown;
  readonly ours: unknown;
}

/** Every place where two values differ; a member that only one has counts as one difference. */
export function differences(official: unknown, ours: unknown, at = ''): Difference[] {
  if (isObject(official) && isObject(ours) && Array.isArray(official) === Array.isArray(ours)) {
    const names = [...new Set([...Object.keys(official), ...Object.keys(ours)])];
    return names.flatMap((name) => differences(official[name], ours[name], at === '' ? name : `${at}.${name}`));
  }
  return Object.is(official, ours) ? [] : [{ at, official, ours }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
