import { type JsonObject, textOf } from './json.js';

/** The server drops a key of this length or more. */
export const EVENT_KEY_LIMIT = 128;

const CUT = /system\.|\.\.|\$/g;

/** The name a server files the event under. Values that are not text become their JSON text. */
export function storedKey(key: unknown): string {
  if (key === undefined || key === null || key === '') return '';
  const text = typeof key === 'string' ? key : JSON.stringify(key);
  return text.replace(CUT, '');
}

/** Internal events a server consumes. */
export const KNOWN_INTERNAL: ReadonlySet<string> = new Set([
  '[CLY]_view',
  '[CLY]_action',
  '[CLY]_orientation',
  '[CLY]_star_rating',
  '[CLY]_push_action',
  '[CLY]_nps',
  '[CLY]_survey',
]);

/** Internal events a server writes itself; coming from a client they are dropped. */
export const SERVER_GENERATED: ReadonlySet<string> = new Set([
  '[CLY]_crash',
  '[CLY]_session',
  '[CLY]_consent',
  '[CLY]_apm_network',
  '[CLY]_apm_device',
  '[CLY]_push_sent',
  '[CLY]_session_begin',
  '[CLY]_view_update',
  '[CLY]_property_update',
  '[CLY]_custom',
]);

export function isInternal(key: string): boolean {
  return key.startsWith('[CLY]_');
}

/** Whether a server counts an event of this key with this segmentation. */
export function isKept(key: string, segmentation: JsonObject | undefined): boolean {
  if (key === '' || key.length >= EVENT_KEY_LIMIT) return false;
  if (!isInternal(key)) return true;
  if (!KNOWN_INTERNAL.has(key)) return false;
  if (key === '[CLY]_view') return Boolean(segmentation?.['name']);
  if (key === '[CLY]_star_rating') return segmentation !== undefined;
  if (key === '[CLY]_push_action') return textOf(segmentation?.['i'])?.length === 24;
  return true;
}
