import type { Parameters } from '../http/decode.js';
import { type Part, readPart, textOf } from '../protocol/json.js';
import { effectiveTimestamp } from '../protocol/time-stamp.js';

/** One logical `/i` request: the whole HTTP request, or one element of a bulk. */
export interface Entry {
  readonly parameters: Parameters;
  /** Place within its bulk; 0 for a single request. */
  readonly position: number;
  readonly inBulk: boolean;
  readonly appKey: string;
  readonly deviceId: string;
  /** When it happened by the server's reading, in milliseconds. */
  readonly timestamp: number;
  /** Server clock, in milliseconds. */
  readonly now: number;
  readonly senderIp: string;
  /** What duplicate suppression compares; `undefined` when the request carries no timestamp. */
  readonly fingerprint: string | undefined;
  /** The same of a JSON body without `rr`; `undefined` for other bodies, whose `rr` is left out anyway. */
  readonly fingerprintWithoutRr: string | undefined;
  readonly events: Part;
  readonly metrics: Part;
  readonly crash: Part;
  readonly consent: Part;
  readonly apm: Part;
  readonly userDetails: Part;
}

export interface EntrySource {
  parameters: Parameters;
  position: number;
  inBulk: boolean;
  appKey: string;
  now: number;
  senderIp: string;
  fingerprint: string | undefined;
  fingerprintWithoutRr?: string | undefined;
}

export function createEntry(source: EntrySource): Entry {
  const { parameters, now } = source;
  return {
    ...source,
    fingerprintWithoutRr: source.fingerprintWithoutRr,
    deviceId: textOf(parameters['device_id']) ?? '',
    timestamp: effectiveTimestamp(parameters['timestamp'], now, now),
    // Only `/i` parses an `events` text; inside a bulk nobody does.
    events: source.inBulk ? rawPart(parameters['events']) : readPart(parameters['events']),
    metrics: readPart(parameters['metrics']),
    crash: readPart(parameters['crash']),
    consent: readPart(parameters['consent']),
    apm: readPart(parameters['apm']),
    userDetails: readPart(parameters['user_details']),
  };
}

function rawPart(value: unknown): Part {
  return value === undefined || value === null || value === '' ? { state: 'absent' } : { state: 'read', value };
}

const KINDS = [
  ['session', ['begin_session', 'session_duration', 'end_session']],
  ['events', ['events']],
  ['crash', ['crash']],
  ['apm', ['apm']],
  ['user_details', ['user_details']],
  ['consent', ['consent']],
  ['metrics', ['metrics']],
  ['location', ['location', 'country_code', 'city']],
  ['merge', ['old_device_id']],
  ['attribution', ['campaign_id', 'aid', 'attribution_data']],
  ['health', ['hc']],
  ['ab', ['method']],
] as const;

/** What the entry carries, for people: `session`, `events`, `crash`, … */
export function kindsOf(parameters: Parameters): string[] {
  return KINDS.filter(([, names]) => names.some((name) => parameters[name] !== undefined)).map(([kind]) => kind);
}

/** Parts that have a table of their own and would only repeat it in `entries.params`. */
const LARGE = new Set(['events', 'crash', 'requests']);

/** The parameters worth keeping beside the parsed rows. */
export function keptParameters(parameters: Parameters): string {
  return JSON.stringify(Object.fromEntries(Object.entries(parameters).filter(([name]) => !LARGE.has(name))));
}
