import { emptyWork } from '../features/device-state.js';
import { readPlace } from '../features/place.js';
import { CONSENT_FEATURES, type ConsentFeature } from '../protocol/consent-feature.js';
import type { Core } from './compose.js';
import { contained } from './contained.js';
import type { PlaceOptions } from './scope-api.js';
import { ScopeTarget } from './scope-target.js';

const KNOWN = new Set<string>(CONSENT_FEATURES);
const MOST_FEATURES = 100;

/** What is known of the person or unit of work a scope stands for. */
export interface ScopeInit extends PlaceOptions {
  /** Whom entries are recorded under. @default the process's own device */
  readonly deviceId?: string | undefined;
  /** Features this person agreed to; needs `requireConsent`. @default what the device agreed to before */
  readonly consent?: Iterable<ConsentFeature> | undefined;
  /** The person's time zone: minutes east of UTC. @default the client's `timezoneOffset` */
  readonly timezoneOffset?: number | undefined;
  /** The person's language and country, such as `de_AT`; reported when a session begins. @default this machine's */
  readonly locale?: string | undefined;
  /** Further metrics of the person's device, such as `_os` or `_browser` (contract §3.3). @default this machine's */
  readonly metrics?: Readonly<Record<string, string>> | undefined;
}

/**
 * The target of a new unit of work.
 *
 * @param deviceId checked; undefined for the process's own device, empty for an id that cannot be one
 */
export function targetOf(core: Core, init: ScopeInit, deviceId: string | undefined): ScopeTarget {
  const { own } = core;
  const identity = deviceId === undefined ? own.identity : { deviceId, idType: 0 as const };
  return contained(core, 'scope', new ScopeTarget(identity, { work: emptyWork() }), () => {
    const consent = init.consent === undefined ? undefined : knownFeatures(init.consent);
    const target = new ScopeTarget(identity, {
      tz: validOffset(init.timezoneOffset),
      place: readPlace(init) ?? (identity === own.identity ? own.place : undefined),
      metrics: ownMetrics(init),
      work: emptyWork(consent),
    });
    if (consent !== undefined && target.deviceId !== '') core.consent.apply(target, consent);
    return target;
  });
}

/** Bounded: a caller's iterable may have no end. */
function knownFeatures(given: Iterable<ConsentFeature>): ReadonlySet<ConsentFeature> {
  const features = new Set<ConsentFeature>();
  let looked = 0;
  for (const name of typeof given === 'string' ? [given] : given) {
    if (KNOWN.has(name)) features.add(name);
    if (++looked === MOST_FEATURES) break;
  }
  return features;
}

/** Metrics that differ from this machine's, if any. */
function ownMetrics(init: ScopeInit): Readonly<Record<string, string>> | undefined {
  const given = Object.entries(init.metrics ?? {}).filter(([, value]) => typeof value === 'string' && value !== '');
  if (typeof init.locale === 'string' && init.locale !== '') given.push(['_locale', init.locale.replace('-', '_')]);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function validOffset(minutes: unknown): number | undefined {
  return typeof minutes === 'number' && Number.isInteger(minutes) && Math.abs(minutes) <= 840 ? minutes : undefined;
}
