import { isObject } from '../check.js';
import { type Entry, type EntryFeature, type EntryKind, isEntry } from '../protocol/entry.js';

// How an entry stands in a stream: the device (d), what is said of it in short (m), its text (b).

const SHORT: Readonly<Record<EntryKind, string>> = { event: 'e', request: 'r', picture: 'p' };
const LONG: Readonly<Record<string, EntryKind>> = { e: 'event', r: 'request', p: 'picture' };
/** Rough cost of an entry in Redis beside its texts. */
const OVERHEAD = 100;
const CONSENT = '"consent":';

/** The time first: a status looks at nothing else. What made it is for an inspector, and not there without one. */
export function fieldsOf({ timestamp, idType, kind, feature, tz, weight, maker }: Entry): string {
  const fields = `${timestamp}|${idType}|${SHORT[kind]}|${feature}|${tz}|${weight}`;
  return maker === undefined ? fields : `${fields}|${maker}`;
}

/** What the bounds of a fleet count an entry as; the same when it is added and when it is taken out. */
export function bytesOf({ body, deviceId }: Entry): number {
  return body.length + deviceId.length + OVERHEAD;
}

/** An entry as a stream hands it out, `[id, [d, …, m, …, b, …]]`; undefined for anything else, which somebody else wrote. */
export function entryOf(found: unknown): Entry | undefined {
  const [streamId, fields] = Array.isArray(found) ? (found as unknown[]) : [];
  if (typeof streamId !== 'string' || !Array.isArray(fields)) return undefined;
  const [, deviceId, , meta, , body] = fields as unknown[];
  if (typeof meta !== 'string') return undefined;
  const [timestamp, idType, kind, feature, tz, weight, maker] = meta.split('|');
  const entry = {
    id: Number.parseInt(streamId, 10),
    deviceId: deviceId as string,
    idType: Number(idType) as Entry['idType'],
    kind: LONG[kind ?? ''] as EntryKind,
    feature: feature as EntryFeature,
    timestamp: Number(timestamp),
    tz: Number(tz),
    weight: Number(weight),
    body: body as string,
    maker,
  };
  return isEntry(entry) && isBody(entry) ? entry : undefined;
}

/** A request is joined of bodies as they are: one that is no JSON would spoil it, or say something else in its place. */
function isBody({ kind, body }: Entry): boolean {
  try {
    return isObject(JSON.parse(kind === 'event' ? body : `{${body}}`));
  } catch {
    return false;
  }
}

/** The features that an entry takes back: what waits of them for the device is not to leave any more. */
export function takenBack({ feature, body }: Entry): readonly string[] {
  if (feature !== 'core' || !body.startsWith(CONSENT)) return [];
  try {
    const { consent } = JSON.parse(`{${body}}`) as { consent?: Readonly<Record<string, unknown>> };
    return Object.entries(Object(consent) as object).flatMap(([name, given]) => (given === false ? [name] : []));
  } catch {
    return [];
  }
}
