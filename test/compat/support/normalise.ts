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

/**
 * What a run sent and returned, without what is the way of sending and not what is said:
 * - encoding, batching, bulk, the order between devices, and the name and version of the SDK;
 * - the clock: times are compared where the scenario gives them, `hour`, `dow` and measured seconds with them;
 * - generated device ids, which no two starts share;
 * - `segmentation` and `_custom` without members, which say as much as none; a session's end that adds no seconds;
 * - the place on a request of events: a server reads it with `begin_session` only (docs/protocol.md §2.4), and events are put
 *   together with others when they leave;
 * - under which of two ids an event travels that are merged before it leaves: a server joins both (docs/protocol.md §2.7).
 */
export function normalise(run: Run, measured: readonly string[] = []): Normalised {
  const groups: Record<string, Record<string, unknown>[]> = {};
  const add = (group: string, item: Record<string, unknown>) => {
    groups[group] ??= [];
    groups[group].push(item);
  };
  const merged = mergedIds(run);
  for (const request of run.requests) split(request, add, merged);
  for (const [group, items] of Object.entries(groups)) {
    if (group === 'session_duration' && measured.includes(group))
      groups[group] = [{ ...items[0], session_duration: 'measured' }];
    else if (measured.includes(group)) groups[group] = items.map(withoutMeasured);
  }
  for (const items of Object.values(groups)) {
    items.sort((a, b) => String(a['device_id']).localeCompare(String(b['device_id'])));
  }
  return { ...groups, returned: run.returned, crashes: run.crashes };
}

const PLACE = ['country_code', 'city', 'ip_address', 'location'];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Ids that were merged into another one. */
function mergedIds({ requests }: Run): ReadonlyMap<unknown, unknown> {
  const pairs = requests.map(({ params }) => [params['old_device_id'], params['device_id']] as const);
  return new Map(pairs.filter(([old]) => old !== undefined));
}

function split(
  request: LogicalRequest,
  add: (group: string, item: Record<string, unknown>) => void,
  merged: ReadonlyMap<unknown, unknown>,
): void {
  const envelope: Record<string, unknown> = {};
  const content: Record<string, unknown> = {};
  const time = givenTime(request.params['timestamp']);
  for (const [name, raw] of Object.entries(request.params)) {
    if (NOISE.has(name)) continue;
    if (name === 'timestamp' || name === 'hour' || name === 'dow') {
      if (time !== undefined) envelope[name] = name === 'timestamp' ? time : Number(raw);
    } else if (ENVELOPE.includes(name)) envelope[name] = String(raw);
    else content[name] = memberValue(name, raw);
    for (const part of [envelope, content]) {
      if (typeof part[name] === 'string' && UUID.test(part[name])) part[name] = 'generated';
    }
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
    const told = Object.fromEntries(Object.entries(envelope).filter(([name]) => !PLACE.includes(name)));
    const person = { device_id: merged.get(envelope['device_id']) ?? envelope['device_id'] };
    for (const event of events as Record<string, unknown>[])
      add(`event ${event['key']}`, { ...told, ...person, ...eventOf(event) });
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
  // The hour of the call, not of the trace.
  const { hour: _hour, dow: _dow, ...rest } = value as Record<string, unknown>;
  if (isObject(rest['_custom']) && Object.keys(rest['_custom']).length === 0) delete rest['_custom'];
  const run = '_run' in rest ? { _run: typeof rest['_run'] } : {};
  return { ...rest, ...run, ...times(rest, ['stz', 'etz', 'timestamp']) };
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
