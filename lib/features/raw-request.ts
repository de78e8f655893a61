import { member, namesOf, tellMisfit } from '../check.js';
import type { ConsentFeature } from '../protocol/consent-feature.js';
import { jsonString } from '../protocol/json-text.js';
import { callerTimestamp } from '../protocol/timestamp.js';
import type { FeaturePort, Target } from './feature.js';
import { checkRawMember, featuresOf } from './raw-rules.js';

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
    const members: string[] = [];
    const added = (name: string) => OURS.has(name) && !(target.idType === 9 && ENVELOPE.has(name));
    const names = namesOf(asked).filter((name) => !added(name) && member(asked, name) !== undefined);
    const values: Record<string, unknown> = {};
    let problem = names.every((name) => ENVELOPE.has(name)) ? 'there is nothing in it' : this.#togetherProblem(names);
    for (const name of names) {
      if (problem !== undefined) break;
      if (REFUSED.has(name)) {
        problem = `a server does not take "${name}"`;
        break;
      }
      const checked = checkRawMember(name, member(asked, name), port.limits);
      if ('problem' in checked) problem = checked.problem;
      else {
        values[name] = checked.value;
        members.push(`${jsonString(name)}:${checked.text}`);
      }
    }
    const body = members.join(',');
    if (body.length > LARGEST) problem ??= `it has more than ${LARGEST} characters`;
    if (problem !== undefined) {
      port.reporter.warn(`request:${problem}`, `request: ${problem}; it is not sent.`);
      port.refuse('invalid');
      return false;
    }
    const features = featuresOf(values);
    for (const feature of features) if (!port.admits(target, feature)) return false;
    const now = port.stamp();
    const given = member(asked, 'timestamp');
    const timestamp = given === undefined ? now : callerTimestamp(given, now);
    if (timestamp === undefined) {
      const wanted = { expected: 'milliseconds (13 digits) or seconds (10 digits)', outcome: 'now is used' };
      tellMisfit(port.reporter, { call: 'request', argument: 'timestamp', value: given, ...wanted });
    }
    port.record(target, 'request', this.#filedUnder(features), timestamp ?? now, body);
    return true;
  }

  /** Consent and merges are never taken out of the queue, whatever they travel with. */
  #filedUnder(features: readonly ConsentFeature[]): ConsentFeature | 'core' {
    return features[0] ?? 'core';
  }

  #togetherProblem(names: readonly string[]): string | undefined {
    return names.includes('begin_session') && names.includes('end_session')
      ? 'begin_session and end_session need a request each'
      : undefined;
  }
}
