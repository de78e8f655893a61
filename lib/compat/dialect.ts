import type { Dialect } from '../config/dialect.js';
import type { CountlyOptions } from '../config/options.js';
import type { ConsentFeature } from '../protocol/consent-feature.js';
import { FEATURES } from './consent-calls.js';

/** Features in the official consent message, and those it forgets (fault 9). */
export const TOLD_FEATURES: readonly ConsentFeature[] = [...FEATURES, 'push', 'clicks', 'scrolls'];

const OFFICIAL = { bareMachine: true, remoteConfigMethod: 'fetch_remote_config', consentMap: TOLD_FEATURES } as const;

/** As the official SDK speaks for its own device: every request says where it is. */
export function clientDialect({ countryCode, city, ipAddress }: CountlyOptions): Dialect {
  const place: Record<string, string> = {};
  if (countryCode) place['country_code'] = countryCode;
  if (city) place['city'] = city;
  if (ipAddress) place['ip_address'] = ipAddress;
  return { ...OFFICIAL, place: (allowed) => (allowed ? place : { location: '' }) };
}

/** As its bulk mode does: the place is the user's. */
export const BULK_DIALECT: Dialect = { ...OFFICIAL, place: () => ({}) };
