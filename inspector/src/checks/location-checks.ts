import { show } from '../protocol/json.js';
import type { Check, EntrySubject } from './check.js';

/** True for `"lat,lon"`: exactly two numbers. */
export function isCoordinates(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const parts = value.split(',');
  return parts.length === 2 && parts.every((part) => part.trim() !== '' && Number.isFinite(Number(part)));
}

export const LOCATION_CHECKS: ReadonlyArray<Check<EntrySubject>> = [
  {
    row: 48,
    find: ({ entry: { parameters } }) => {
      if (!parameters['begin_session'] || parameters['location'] !== undefined || parameters['ip_address']) {
        return undefined;
      }
      if (parameters['country_code'] && parameters['city']) return undefined;
      return parameters['country_code']
        ? 'begin_session with country_code but without city: the city comes from the sender'
        : 'begin_session without ip_address, country_code and city, or location';
    },
  },
  {
    row: 49,
    find: ({ entry: { parameters } }) => {
      const { location } = parameters;
      return location === undefined || location === '' || isCoordinates(location)
        ? undefined
        : `location is ${show(location)}`;
    },
  },
  {
    row: 50,
    find: ({ entry: { parameters } }) =>
      parameters['location'] === '' && !parameters['begin_session'] ? 'location="" without begin_session' : undefined,
  },
];
