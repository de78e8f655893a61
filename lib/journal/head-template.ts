import type { SealedPath } from '../protocol/entry.js';

/**
 * The heads of sealed requests differ in the device id and in a few digits of the time only. So a segment keeps an
 * example and each seal the difference to it; a whole head per seal would be a fifth of the journal when many devices
 * send few events each.
 */
export interface HeadTemplate {
  readonly path: SealedPath;
  /** Text up to the device id, or the whole head when it has none that can be taken out. */
  readonly before: string;
  /** Text after the device id. */
  readonly after: string;
}

/** A head cut at its device id. */
export interface CutHead {
  readonly before: string;
  /** Undefined when the head carries none, or one with escapes: then `before` is empty and `after` the whole head. */
  readonly deviceId: string | undefined;
  readonly after: string;
}

const DEVICE_MEMBER = '"device_id":"';

/** Beyond this many differing characters a new example is cheaper. */
const MAX_MIDDLE = 40;

export function cutHead(head: string): CutHead {
  const start = head.indexOf(DEVICE_MEMBER);
  if (start >= 0) {
    const from = start + DEVICE_MEMBER.length;
    const to = head.indexOf('"', from);
    const deviceId = to < 0 ? '\\' : head.slice(from, to);
    if (!deviceId.includes('\\')) return { before: head.slice(0, from), deviceId, after: head.slice(to) };
  }
  return { before: '', deviceId: undefined, after: head };
}

export interface HeadDifference {
  readonly equalStart: number;
  readonly equalEnd: number;
  readonly middle: string;
}

/** Undefined when the head is too different from the example. */
export function differenceTo(template: HeadTemplate, path: SealedPath, cut: CutHead): HeadDifference | undefined {
  if (template.path !== path || template.before !== cut.before) return undefined;
  const example = template.after;
  const text = cut.after;
  const shorter = Math.min(example.length, text.length);
  let equalStart = 0;
  while (equalStart < shorter && example.charCodeAt(equalStart) === text.charCodeAt(equalStart)) equalStart++;
  let equalEnd = 0;
  const most = shorter - equalStart;
  while (
    equalEnd < most &&
    example.charCodeAt(example.length - 1 - equalEnd) === text.charCodeAt(text.length - 1 - equalEnd)
  ) {
    equalEnd++;
  }
  // Half a surrogate pair cannot be written as UTF-8.
  if (isSurrogate(text, equalStart - 1, HIGH)) equalStart--;
  if (isSurrogate(text, text.length - equalEnd, LOW)) equalEnd--;
  const middle = text.slice(equalStart, text.length - equalEnd);
  return middle.length > MAX_MIDDLE ? undefined : { equalStart, equalEnd, middle };
}

const HIGH = 0xd800;
const LOW = 0xdc00;

function isSurrogate(text: string, at: number, half: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === half;
}

export function applyDifference(template: HeadTemplate, deviceId: string, difference: HeadDifference): string {
  const { after } = template;
  const { equalStart, equalEnd, middle } = difference;
  return template.before + deviceId + after.slice(0, equalStart) + middle + after.slice(after.length - equalEnd);
}
