import { isObject, parseJson } from './json.js';

/** True for a text with the character U+0000, which the server's database refuses in names. */
export function hasNul(value: unknown): boolean {
  return typeof value === 'string' && value.includes('\0');
}

/** Half of a pair that stands alone. With the flag `u` whole pairs are one character and do not match. */
const LONE_SURROGATE = /\p{Surrogate}/u;
/** Only an escape can bring one: bytes that would stand for one are replaced while the body is decoded. */
const SURROGATE_ESCAPE = /(?:\\|%5c)ud[89a-f]/i;

/** False when no text of the request can hold half of a surrogate pair: the usual case, and quickly seen. */
export function mayHoldLoneSurrogate(raw: string): boolean {
  return SURROGATE_ESCAPE.test(raw);
}

/** Where in the parameters a text holds half of a surrogate pair, e.g. `events[0].key`; at most `limit` places. */
export function loneSurrogatesIn(parameters: unknown, limit: number): string[] {
  const places: string[] = [];
  const open: Array<[place: string, value: unknown]> = [['', parameters]];
  for (let next = open.pop(); next !== undefined && places.length < limit; next = open.pop()) {
    const [place, value] = next;
    if (typeof value === 'string') {
      if (LONE_SURROGATE.test(value)) places.push(place);
      const inner = jsonWithin(value);
      if (inner !== undefined) open.push([place, inner]);
    } else if (Array.isArray(value)) {
      for (let index = value.length - 1; index >= 0; index -= 1) open.push([`${place}[${index}]`, value[index]]);
    } else if (isObject(value)) {
      for (const [name, member] of Object.entries(value).reverse()) {
        const path = place === '' ? name : `${place}.${name}`;
        if (LONE_SURROGATE.test(name)) places.push(`a name in ${place === '' ? 'the parameters' : place}`);
        open.push([path, member]);
      }
    }
  }
  return places;
}

/** A parameter such as `events` may be JSON written as text. */
function jsonWithin(text: string): unknown {
  if (!/^\s*[[{]/.test(text) || !mayHoldLoneSurrogate(text)) return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
