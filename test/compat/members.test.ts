import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { CountlyBulk, CountlySdk } from '../../lib/compat/index.js';
import { scenarios } from './support/scenarios.mjs';

type Members = Record<string, unknown>;
interface OfficialBulk extends Members {
  add_user(conf: object): Members;
}
interface OfficialSdk extends Members {
  readonly userData: Members;
  readonly features: readonly string[];
  readonly Bulk: new (conf: object) => OfficialBulk;
}

const official = createRequire(__filename)('countly-sdk-nodejs') as OfficialSdk;
const ours = new CountlySdk() as unknown as OfficialSdk;
const conf = { app_key: 'APP', url: 'http://127.0.0.1:9', storage_type: 'memory' };
const officialBulk = new official.Bulk(conf);
const ourBulk = new CountlyBulk({ app_key: 'APP', url: 'http://127.0.0.1:9' });

/** For the official SDK's own tests. */
const INTERNAL = /^_/;
const namesOf = (value: Members) => Object.keys(value).filter((name) => !INTERNAL.test(name));

describe.each([
  ['Countly', official, ours],
  ['Countly.userData', official.userData, ours.userData],
  ['bulk server', officialBulk, ourBulk as unknown as Members],
  ['bulk user', officialBulk.add_user({ device_id: 'u' }), ourBulk.add_user({ device_id: 'u' }) as unknown as Members],
] as const)('%s', (_what, theirs, own) => {
  it.each(namesOf(theirs))('has %s', (name) => {
    const kind = (value: unknown) => (Array.isArray(value) ? 'list' : typeof value);
    expect(kind(own[name])).toBe(kind(theirs[name]));
  });
});

it('has the values of the official enumerations', () => {
  expect(ours['DeviceIdType']).toEqual(official['DeviceIdType']);
  expect(ours['StorageTypes']).toEqual(official['StorageTypes']);
  expect([...ours.features].sort()).toEqual([...official.features].sort());
});

it('calls every public method in a scenario', () => {
  const script = scenarios.flatMap(({ phases }) => phases.map(String)).join('\n');
  const methods = [official, official.userData, officialBulk, officialBulk.add_user({ device_id: 'u' })].flatMap(
    (object) => namesOf(object).filter((name) => typeof object[name] === 'function'),
  );
  // These only change what is logged, or are the inner side of remove_consent.
  const elsewhere = ['setLoggingEnabled', 'remove_consent_internal'];
  expect(methods.filter((name) => !elsewhere.includes(name) && !script.includes(`.${name}`))).toEqual([]);
});
