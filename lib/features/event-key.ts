import { member, textFrom } from '../check.js';
import { truncate } from '../config/limits.js';
import type { ConsentFeature } from '../protocol/consent-feature.js';

/** Internal keys a client may send, and the consent each needs (docs/protocol.md §4.4). Others are made by the server. */
const INTERNAL_KEYS = new Map<string, ConsentFeature>([
  ['[CLY]_view', 'views'],
  ['[CLY]_star_rating', 'star-rating'],
  ['[CLY]_nps', 'feedback'],
  ['[CLY]_survey', 'feedback'],
  ['[CLY]_push_action', 'push'],
  ['[CLY]_action', 'clicks'],
  ['[CLY]_orientation', 'users'],
]);

// The server cuts these out of keys (docs/protocol.md §4.1).
const HAS_FORBIDDEN = /system\.|\.\.|\$/;
const FORBIDDEN_IN_KEY = /system\.|\.\.|\$/g;
// A key of 128 characters is dropped by the server, one of 127 is kept (docs/protocol.md §4.1).
export const LONGEST_KEY = 127;
const PUSH_MESSAGE_ID = 24;

/** A key without what the server cuts out of it. */
export function strippedKey(key: string): string {
  let stripped = key;
  // Cutting one out may put another one together.
  while (HAS_FORBIDDEN.test(stripped)) stripped = stripped.replace(FORBIDDEN_IN_KEY, '');
  return stripped;
}

/** A key as the server files it, so that what is sent and what is shown are the same. Empty when nothing is left. */
export function cleanKey(key: string, maxLength: number): string {
  return truncate(strippedKey(key), Math.min(maxLength, LONGEST_KEY));
}

/** The consent an event of this key needs; undefined for keys only the server may use. */
export function featureOfKey(key: string, segmentation: unknown): ConsentFeature | undefined {
  if (!key.startsWith('[CLY]_')) return 'events';
  const feature = INTERNAL_KEYS.get(key);
  return feature === 'clicks' && member(segmentation, 'type') === 'scroll' ? 'scrolls' : feature;
}

/** Why a server would drop this internal event (docs/protocol.md §13 rows 31, 36, 37); undefined when it would not. */
export function internalFault(key: string, segmentation: unknown): string | undefined {
  switch (key) {
    case '[CLY]_view':
      return textFrom(member(segmentation, 'name')) === undefined ? 'segmentation.name is missing' : undefined;
    case '[CLY]_star_rating':
    case '[CLY]_nps':
    case '[CLY]_survey':
      return typeof segmentation === 'object' && segmentation !== null ? undefined : 'segmentation is missing';
    case '[CLY]_push_action': {
      const id = member(segmentation, 'i');
      return typeof id === 'string' && id.length === PUSH_MESSAGE_ID
        ? undefined
        : 'segmentation.i is not the 24 characters of a message id';
    }
    default:
      return undefined;
  }
}
