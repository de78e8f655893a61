import { isIP } from 'node:net';
import { member, tellMisfit } from '../check.js';
import { truncate } from '../config/limits.js';
import type { Reporter } from '../logger.js';
import { jsonString } from '../protocol/json-text.js';

const MAX_CITY = 256;
const EXPECTED = {
  ip: 'an IP address',
  countryCode: 'two letters such as "DE"',
  city: 'a non-empty text',
  location: 'latitude and longitude such as "52.5,13.4"',
};

/** Where a device is, as far as anyone said. */
export type DeviceLocation = Readonly<Record<keyof typeof EXPECTED, string | undefined>>;
type LocationInput = { readonly [Part in keyof DeviceLocation]?: unknown };

/** Parts of a location that are given and mean nothing, each with a warning. */
export function tellLocation(reporter: Reporter, call: string, given: LocationInput, kept?: DeviceLocation): void {
  for (const argument of Object.keys(EXPECTED) as (keyof DeviceLocation)[]) {
    const value = member(given, argument);
    if (value === undefined || value === null || value === '' || kept?.[argument] !== undefined) continue;
    tellMisfit(reporter, `${call}.${argument}`, EXPECTED[argument], value);
  }
}

/** Keeps what a Countly server can use of a location (docs/protocol.md §2.4); undefined when that is nothing. */
export function readLocation(given: LocationInput): DeviceLocation | undefined {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const [ip, countryCode, city] = [text(given.ip), text(given.countryCode), text(given.city)];
  const location = text(given.location).replace(/\s/g, '');
  const read: DeviceLocation = {
    ip: addressIn(ip),
    countryCode: /^[a-z]{2}$/i.test(countryCode) ? countryCode.toUpperCase() : undefined,
    city: city !== '' ? truncate(city, MAX_CITY) : undefined,
    location: /^-?\d+(\.\d+)?,-?\d+(\.\d+)?$/.test(location) ? location : undefined,
  };
  return Object.values(read).some((value) => value !== undefined) ? read : undefined;
}

/** Some proxies put the visitor's port behind the address: `203.0.113.7:4711`, `[2001:db8::7]:4711`. */
const WITH_PORT = /^(?:(\d+\.\d+\.\d+\.\d+)|\[([^\]]+)\])(?::\d{1,5})?$/;

function addressIn(text: string): string | undefined {
  const [, v4, v6] = WITH_PORT.exec(text) ?? [];
  const address = v4 ?? v6 ?? text;
  if (isIP(address) === 0) return undefined;
  // Node gives IPv4 visitors of a dual-stack socket as `::ffff:a.b.c.d`, which no location database knows.
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** Nobody may know, or nobody said: the server must not take the data centre for the person's own. */
export const UNKNOWN_LOCATION = ',"location":""';

/** A location as members of `begin_session`, each with a leading comma. */
export function locationMembers(given: DeviceLocation): string {
  let text = '';
  if (given.ip !== undefined) text += `,"ip_address":${jsonString(given.ip)}`;
  if (given.countryCode !== undefined) {
    text += `,"country_code":"${given.countryCode}"`;
    // With a country alone the server takes the city from the sender's address (docs/protocol.md §2.4).
    const city = given.city ?? (given.ip === undefined && given.location === undefined ? 'Unknown' : undefined);
    if (city !== undefined) text += `,"city":${jsonString(city)}`;
  } else if (given.city !== undefined && given.ip !== undefined) {
    text += `,"city":${jsonString(given.city)}`;
  }
  if (given.location !== undefined) text += `,"location":"${given.location}"`;
  return text === '' ? UNKNOWN_LOCATION : text;
}
