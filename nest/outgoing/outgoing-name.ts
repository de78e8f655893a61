import type { OutgoingRequest } from './outgoing.options.js';

const MAX_SEGMENTS = 10;
/** Words of a path are shorter; tokens are not. */
const LONGEST_WORD = 32;
/** `v1`, `v2.1`: part of the address, not of the data. */
const VERSION = /^v\d{1,3}(\.\d{1,3})?$/i;
const WORD = /^[a-z]+([._~-][a-z]+)*$|^[A-Z]?[a-z]+([A-Z][a-z]+)*$|^[A-Z_-]+$/;

/**
 * What a request is called: `GET api.example.com/orders/:id`. A segment stays only if it reads like a word, because a
 * raw path carries ids, tokens and addresses, and each would become a name of its own.
 */
export function outgoingName({ method, host, path }: OutgoingRequest): string {
  const segments = path.split('/').slice(1);
  const shown = segments.slice(0, MAX_SEGMENTS).map((segment) => (isWord(segment) ? segment : ':id'));
  if (segments.length > MAX_SEGMENTS) shown.push('…');
  return `${method} ${host}/${shown.join('/')}`;
}

function isWord(segment: string): boolean {
  if (segment === '' || VERSION.test(segment)) return true;
  return segment.length <= LONGEST_WORD && WORD.test(segment);
}
