import { isObject, member, namesOf, numberFrom } from '../check.js';
import { type Limits, truncate } from '../config/limits.js';
import { CONSENT_FEATURES, type ConsentFeature } from '../protocol/entry.js';
import { isTooDeep, jsonString, storable } from '../protocol/json-text.js';
import { timestampBefore } from '../protocol/timestamp.js';
import { cutStack } from './crashes.js';
import { featureOfKey, internalFault, LONGEST_KEY, strippedKey } from './events.js';
import { Feature, type Target } from './feature.js';
import { storedName } from './segmentation-text.js';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

// Given with every request by the library itself; a caller's own would be a second one.
const OURS = words('app_key sdk_name sdk_version av t hour dow tz rr device_id timestamp');
// What the caller says himself where nothing is added (`DeviceIdType` 9).
const ENVELOPE = words('t hour dow');
// A server answers these with an error, or does something else than asked for (docs/protocol.md §13 row 30).
const REFUSED = words(
  'app_id user_id callback populator no_meta method safe_api_response checksum checksum256 requests',
);
// What a server parses; inside a bulk only real values count (docs/protocol.md §11.4).
const STRUCTURED = words('events metrics crash consent user_details apm aid hc');
/** The consent that a parameter needs; for `events` and `location` it depends on the value. */
const PARAMETERS: readonly (readonly [ConsentFeature, ReadonlySet<string>])[] = [
  ['sessions', words('begin_session session_duration end_session metrics ignore_cooldown')],
  ['crashes', words('crash')],
  ['users', words('user_details')],
  ['apm', words('apm')],
  ['attribution', words('campaign_id campaign_user aid attribution_data')],
  ['location', words('country_code city ip_address')],
];

// What is larger a proxy in front of the server often refuses (docs/protocol.md §1.4).
const LARGEST = 1_000_000;

type Json = Record<string, unknown>;
type Problem = { readonly about: string; readonly problem: string };

/** Requests the caller composes: as they are, but only such as a server counts (docs/protocol.md §13). */
export class RawRequests extends Feature {
  /** Returns whether what is asked for was taken. */
  send(target: Target, asked: unknown): boolean {
    const { port } = this;
    const composed = this.#compose(target, asked);
    if ('problem' in composed) {
      const { about, problem } = composed;
      port.reporter.warn(`request.${about}`, `request: ${problem}; it is not sent.`, 60_000);
      port.refuse('invalid');
      return false;
    }
    const features = featuresOf(composed.values);
    for (const feature of features) if (!port.admits(target, feature)) return false;
    const now = port.stamp();
    const given = member(asked, 'timestamp');
    const timestamp = this.argument('request.timestamp', given, timestampBefore(now), 'now is used') ?? now;
    const [first = 'core', ...others] = features;
    port.revisit(target, (_visitor, whom) => {
      // In a fleet only here it is known what the visitor agreed to.
      if (!others.every((feature) => port.admits(whom, feature))) return;
      // Consent and merges are never taken out of the queue, whatever they travel with.
      this.request(whom, first, composed.body, timestamp);
    });
    return true;
  }

  #compose(target: Target, asked: unknown): Problem | { readonly values: Json; readonly body: string } {
    const added = (name: string) => OURS.has(name) && !(target.idType === 9 && ENVELOPE.has(name));
    const names = namesOf(asked).filter((name) => !added(name) && member(asked, name) !== undefined);
    if (names.every((name) => ENVELOPE.has(name))) return { about: 'request', problem: 'there is nothing in it' };
    if (names.includes('begin_session') && names.includes('end_session')) {
      return { about: 'end_session', problem: 'begin_session and end_session need a request each' };
    }
    const values: Json = {};
    const members: string[] = [];
    for (const name of names) {
      if (REFUSED.has(name)) return { about: name, problem: `a server does not take "${name}"` };
      const given = member(asked, name);
      // A server takes the number 0 for nothing there (docs/protocol.md §17.2).
      const plain = ENVELOPE.has(name) && typeof given === 'number' ? String(given) : given;
      const read = checkedMember(name, plain, this.port.limits);
      if ('problem' in read) return read;
      values[name] = read.value;
      members.push(`${jsonString(name)}:${read.text}`);
    }
    const body = members.join(',');
    if (body.length > LARGEST) return { about: 'size', problem: `it has more than ${LARGEST} characters` };
    return { values, body };
  }
}

/** Looks at a value and may repair it in place; tells what is wrong. */
type Check = (value: unknown, limits: Limits) => string | undefined;

const CHECKS: Readonly<Record<string, Check>> = {
  events: (value) => {
    if (!Array.isArray(value)) return '"events" is not a list';
    return value.length === 0 ? '"events" is empty' : value.map(eventProblem).find((problem) => problem !== undefined);
  },
  metrics: (value, limits) => {
    if (!isObject(value)) return '"metrics" is no object';
    for (const [name, metric] of Object.entries(value)) {
      delete value[name];
      const stored = storedName(name, limits.maxKeyLength);
      if (stored !== '') value[stored] = String(metric ?? '');
    }
    return undefined;
  },
  crash: (value, limits) => {
    if (!isObject(value)) return '"crash" is no object';
    if (typeof value['_error'] !== 'string' || !value['_os'] || !value['_app_version']) {
      return 'a crash needs _error, _os and _app_version';
    }
    // The one thing that is cut: a long line keeps the whole server busy (docs/protocol.md §15.6).
    value['_error'] = value['_error']
      .slice(0, 100_000)
      .split(/\n\s*\n/)
      .map((block) => cutStack(block, limits))
      .filter((block) => block !== '')
      .join('\n\n');
    return value['_error'] === '' ? 'a crash needs _error, _os and _app_version' : undefined;
  },
  consent: (value) =>
    isObject(value) && Object.values(value).every((given) => typeof given === 'boolean')
      ? undefined
      : '"consent" needs true or false for each feature',
  apm: (value) => {
    if (!isObject(value)) return '"apm" is no object';
    if (value['apm_metrics'] === undefined && value['app_metrics'] !== undefined) {
      value['apm_metrics'] = value['app_metrics'];
      delete value['app_metrics'];
    }
    const { type, name, apm_metrics, stz, etz } = value;
    const numbers = isObject(apm_metrics) && Object.values(apm_metrics).every((item) => typeof item === 'number');
    const complete = (type === 'network' || type === 'device') && Boolean(name) && numbers;
    return complete && typeof stz === 'number' && typeof etz === 'number'
      ? undefined
      : '"apm" needs type, name, apm_metrics of numbers, stz and etz';
  },
  user_details: (value) => {
    if (!isObject(value)) return '"user_details" is no object';
    for (const [name, property] of Object.entries(isObject(value['custom']) ? value['custom'] : {})) {
      const operators = isObject(property) ? Object.keys(property).filter((key) => key.startsWith('$')) : [];
      if (operators.length > 1) return `custom.${truncate(name, 40)} has several operators`;
    }
    return undefined;
  },
  session_duration: (value) => {
    const seconds = numberFrom(value);
    return seconds !== undefined && Number.isInteger(seconds) && seconds >= 0 && seconds <= 86_400
      ? undefined
      : 'session_duration is whole seconds up to 86400';
  },
  location: (value) =>
    value === '' || (typeof value === 'string' && /^-?\d+(\.\d+)?,\s*-?\d+(\.\d+)?$/.test(value))
      ? undefined
      : 'location is "latitude,longitude", or empty',
};

/** A member as it can be sent, or why it cannot. */
function checkedMember(name: string, given: unknown, limits: Limits): Problem | { value: unknown; text: string } {
  const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined;
  // Once for all names that have no rule: they may be made of data.
  const about = check === undefined ? 'parameter' : name;
  let value: unknown;
  try {
    const parsed: unknown = STRUCTURED.has(name) && typeof given === 'string' ? JSON.parse(given) : given;
    const text = JSON.stringify(parsed);
    if (text === undefined) return { about, problem: `"${truncate(name, 40)}" has no JSON` };
    // A copy, so that repairs do not reach into the caller's objects.
    value = JSON.parse(text, storable);
  } catch {
    return { about, problem: `"${truncate(name, 40)}" is no JSON` };
  }
  if (isTooDeep(value)) return { about, problem: `"${truncate(name, 40)}" is nested too deep` };
  const problem = check?.(value, limits);
  return problem === undefined ? { value, text: JSON.stringify(value) } : { about, problem };
}

/** The consent a raw request needs, without repetitions. */
function featuresOf(members: Readonly<Json>): readonly ConsentFeature[] {
  const events = (members['events'] ?? []) as readonly Json[];
  const features = new Set(events.map((event) => featureOfKey(String(event['key']), event['segmentation'])));
  for (const [feature, names] of PARAMETERS) {
    if (Object.keys(members).some((name) => names.has(name))) features.add(feature);
  }
  if (members['location'] !== undefined && members['location'] !== '') features.add('location');
  return CONSENT_FEATURES.filter((feature) => features.has(feature));
}

function eventProblem(event: unknown): string | undefined {
  if (!isObject(event)) return 'an element of "events" is no object';
  const { key, segmentation } = event;
  const stripped = typeof key === 'string' ? strippedKey(key) : '';
  if (typeof key !== 'string' || stripped === '') return 'an event has no key';
  if (stripped.length > LONGEST_KEY) return `an event key has more than ${LONGEST_KEY} characters`;
  if (featureOfKey(key, segmentation) === undefined) return `only the server may use the key "${truncate(key, 40)}"`;
  const fault = internalFault(key, segmentation);
  if (fault !== undefined) return `"${truncate(key, 40)}": ${fault}`;
  for (const name of ['sum', 'dur'] as const) {
    if (event[name] !== undefined && numberFrom(event[name]) === undefined) return `${name} of an event is no number`;
  }
  if (key === '[CLY]_view' && (numberFrom(event['dur']) ?? 0) > 86_400) return 'the duration of a view is in seconds';
  const nested = Object.entries(isObject(segmentation) ? segmentation : {}).find(([, value]) => isObject(value));
  return nested === undefined ? undefined : `segment "${truncate(nested[0], 40)}" is an object`;
}
