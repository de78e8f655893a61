import { member, namesOf, tellMisfit } from '../check.js';
import { jsonString } from '../protocol/json-text.js';
import { callerTimestamp } from '../protocol/timestamp.js';
import type { FeaturePort, Target } from './feature.js';
import { checkRawMember, featuresOf, isRuled } from './raw-rules.js';

// Given with every request by the library itself; a caller's own would be a second one.
const OURS = new Set([
  'app_key',
  'sdk_name',
  'sdk_version',
  'av',
  't',
  'hour',
  'dow',
  'tz',
  'rr',
  'device_id',
  'timestamp',
]);
// What the caller says himself where nothing is added (`DeviceIdType` 9).
const ENVELOPE = new Set(['t', 'hour', 'dow']);
// A server answers these with an error, or does something else than asked for (docs/protocol.md §13 row 30).
const REFUSED = new Set([
  'app_id',
  'user_id',
  'callback',
  'populator',
  'no_meta',
  'method',
  'safe_api_response',
  'checksum',
  'checksum256',
  'requests',
]);

// What is larger a proxy in front of the server often refuses (docs/protocol.md §1.4).
const LARGEST = 1_000_000;
const EVERY_MS = 60_000;

/** What can be sent, or what is wrong about what. */
type Composed =
  | { readonly values: Readonly<Record<string, unknown>>; readonly body: string }
  | { readonly about: string; readonly problem: string };

/** Requests the caller composes: as they are, but only such as a server counts (docs/protocol.md §13). */
export class RawRequests {
  readonly #port: FeaturePort;

  constructor(port: FeaturePort) {
    this.#port = port;
  }

  /**
   * @param asked what the caller wants to send
   * @returns whether it was taken
   */
  send(target: Target, asked: unknown): boolean {
    const port = this.#port;
    const composed = this.#compose(target, asked);
    if ('problem' in composed) {
      const { about, problem } = composed;
      port.reporter.warn(`request.${about}`, `request: ${problem}; it is not sent.`, EVERY_MS);
      port.refuse('invalid');
      return false;
    }
    const features = featuresOf(composed.values);
    for (const feature of features) if (!port.admits(target, feature)) return false;
    const now = port.stamp();
    const given = member(asked, 'timestamp');
    const timestamp = given === undefined ? now : callerTimestamp(given, now);
    if (timestamp === undefined) {
      const wanted = { expected: 'milliseconds (13 digits) or seconds (10 digits)', outcome: 'now is used' };
      tellMisfit(port.reporter, { call: 'request', argument: 'timestamp', value: given, ...wanted });
    }
    // Consent and merges are never taken out of the queue, whatever they travel with.
    const feature = features[0] ?? 'core';
    port.record(target, { kind: 'request', feature, timestamp: timestamp ?? now, body: composed.body });
    return true;
  }

  #compose(target: Target, asked: unknown): Composed {
    const added = (name: string) => OURS.has(name) && !(target.idType === 9 && ENVELOPE.has(name));
    const names = namesOf(asked).filter((name) => !added(name) && member(asked, name) !== undefined);
    if (names.every((name) => ENVELOPE.has(name))) return { about: 'request', problem: 'there is nothing in it' };
    if (names.includes('begin_session') && names.includes('end_session')) {
      return { about: 'end_session', problem: 'begin_session and end_session need a request each' };
    }
    const values: Record<string, unknown> = {};
    const members: string[] = [];
    for (const name of names) {
      if (REFUSED.has(name)) return { about: name, problem: `a server does not take "${name}"` };
      const checked = checkRawMember(name, member(asked, name), this.#port.limits);
      if ('problem' in checked) return { about: isRuled(name) ? name : 'parameter', problem: checked.problem };
      values[name] = checked.value;
      members.push(`${jsonString(name)}:${checked.text}`);
    }
    const body = members.join(',');
    if (body.length > LARGEST) return { about: 'size', problem: `it has more than ${LARGEST} characters` };
    return { values, body };
  }
}
