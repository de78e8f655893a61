import { argumentOf, isObject, kind, tellMisfit } from '../check.js';
import { WorkState } from '../features/device-state.js';
import { type DeviceLocation, readLocation, tellLocation } from '../features/location.js';
import type { Reporter } from '../logger.js';
import { CONSENT_FEATURES, type ConsentFeature } from '../protocol/entry.js';
import type { Core } from './compose.js';
import { DEVICE_ID, sanitizeDeviceId } from './device-id.js';
import type { ScopeInit } from './scope-api.js';
import { attempt } from './scope-parts.js';
import { type DeviceIdentity, ScopeTarget, type TargetDetails } from './scope-target.js';

const KNOWN = new Set<string>(CONSENT_FEATURES);
const MOST_FEATURES = 100;
const METRICS = kind('an object of texts', isObject);
const LOCALE = kind('a text such as "de_AT"', (value) => typeof value === 'string');
const OFFSET = kind('whole minutes between -840 and 840', (value): value is number => {
  return Number.isInteger(value) && Math.abs(value as number) <= 840;
});

/** The target of a new unit of work. What is no description of one belongs to nobody, and is counted as dropped. */
export function createTarget(core: Core, init: ScopeInit): ScopeTarget {
  let identity: DeviceIdentity = { deviceId: '', idType: 0 };
  const target = attempt(core, 'scope', () => {
    const given: unknown = init;
    if (!isObject(given)) {
      return tellMisfit(core.reporter, 'scope.init', 'an object', given, 'what is recorded in it is dropped');
    }
    identity = identityOf(core, init.deviceId);
    const agreed: unknown = init.consent;
    const consent = agreed === undefined ? undefined : knownFeatures(core.reporter, agreed);
    const work = new WorkState(consent ?? assumedConsent(core, init, identity.deviceId), core.consent.withdrawals);
    const details = new InitDetails(core, init, identity === core.own.identity ? core.own.location : undefined);
    const made = new ScopeTarget(identity, work, details);
    if (consent !== undefined && made.deviceId !== '') core.consent.apply(made, consent);
    return made;
  });
  return target ?? new ScopeTarget(identity, new WorkState());
}

function identityOf({ own, reporter }: Core, deviceId: string | null | undefined): DeviceIdentity {
  if (deviceId === undefined) return own.identity;
  if (deviceId === null) return { deviceId: '', idType: 0, nobody: true };
  return { deviceId: checkedId(reporter, 'scope', deviceId), idType: 0 };
}

/** An id as it is recorded under; empty, with a warning, for what cannot be one. */
export function checkedId(reporter: Reporter, call: string, given: unknown): string {
  const id = sanitizeDeviceId(given);
  if (id !== undefined) return id;
  tellMisfit(reporter, `${call}.deviceId`, DEVICE_ID, given, 'what is recorded under it is dropped');
  return '';
}

/** What is known here is newer than what somebody else knew. */
function assumedConsent(core: Core, init: ScopeInit, deviceId: string): ReadonlySet<ConsentFeature> | undefined {
  if (init.assumedConsent === undefined || core.port.visitorOf(deviceId)?.consent !== undefined) return undefined;
  return knownFeatures(core.reporter, init.assumedConsent);
}

/** Bounded: a caller's iterable may have no end. */
function knownFeatures(reporter: Reporter, given: unknown): ReadonlySet<ConsentFeature> {
  const features = new Set<ConsentFeature>();
  const list: unknown = typeof given === 'string' ? [given] : given;
  if (!isIterable(list)) {
    tellMisfit(reporter, 'scope.consent', 'a list of features', given, 'nothing is agreed to');
    return features;
  }
  let looked = 0;
  for (const name of list) {
    if (KNOWN.has(name as string)) features.add(name as ConsentFeature);
    else tellMisfit(reporter, 'scope.consent', `one of ${CONSENT_FEATURES.join(', ')}`, name);
    if (++looked === MOST_FEATURES) break;
  }
  return features;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

type Details = { -readonly [Name in keyof TargetDetails]: TargetDetails[Name] };

/** What a scope was told, read when an entry first needs it: most requests record nothing that does. */
class InitDetails implements TargetDetails {
  readonly #known: Details = {};

  /** @param otherwise where the device is when the scope was told nothing */
  constructor(
    private readonly core: Core,
    private readonly init: ScopeInit,
    private readonly otherwise: DeviceLocation | undefined,
  ) {}

  get tz(): number | undefined {
    const where = 'scope.timezoneOffset';
    return this.#once('tz', () => argumentOf(this.core.reporter, where, this.init.timezoneOffset, OFFSET));
  }

  get location(): DeviceLocation | undefined {
    return this.#once('location', () => this.#readLocation()) ?? this.otherwise;
  }

  get metrics(): Readonly<Record<string, string>> | undefined {
    return this.#once('metrics', () => this.#readMetrics());
  }

  #once<Name extends keyof Details>(name: Name, read: () => Details[Name]): Details[Name] {
    if (!(name in this.#known)) this.#known[name] = attempt(this.core, 'scope', read);
    return this.#known[name];
  }

  #readLocation(): DeviceLocation | undefined {
    const { ip, countryCode, city, location } = this.init;
    const known = readLocation({ ip, countryCode, city, location });
    tellLocation(this.core.reporter, 'scope', { ip, countryCode, city, location }, known);
    return known;
  }

  /** Metrics that differ from this machine's, if any. */
  #readMetrics(): Readonly<Record<string, string>> | undefined {
    const { metrics, locale } = this.init as { readonly metrics?: unknown; readonly locale?: unknown };
    const { reporter } = this.core;
    const given = argumentOf(reporter, 'scope.metrics', metrics, METRICS) ?? {};
    const texts = Object.entries(given).filter(([, value]) => typeof value === 'string' && value !== '');
    const spoken = argumentOf(reporter, 'scope.locale', locale, LOCALE);
    if (spoken) texts.push(['_locale', spoken.replace('-', '_')]);
    return texts.length === 0 ? undefined : (Object.fromEntries(texts) as Record<string, string>);
  }
}
