import type { EntryFeature } from '../protocol/entry.js';

/**
 * What a journal looks like on disk. A folder per process holds segment files; a segment is UTF-8 text, one record a
 * line: type letter, fields, six characters of CRC-32 over both, newline. Numbers are in base 36; `id` fields count from
 * the first id of the segment and `at` from its first millisecond, both given by header and file name.
 *
 * ```
 * H countly-weave journal 1,<first id>,<first millisecond>
 * d<ref>,<idType>,<tz>,<device id as JSON>                    device, written before its first entry in the segment
 * e<id>,<device ref>,<at>,<body>                              event of consent feature `events`, weight 1
 * b<ref>,<text>                                               text that bodies begin with
 * o<id>,<device ref>,<at>,<text ref>,<rest>                   as `e`, with a body of such a text and the rest …
 * n<id>,<device ref>,<at>,<text ref>,<rest>                   … and of what `EventTime` says of its time
 * p<id>,<device ref>,<at>,<text ref>,<rest>                   trace (feature `apm`, weight 1) of such a text and the rest
 * x<id>,<device ref>,<at>,<kind><feature>,<weight>,<body>     any other entry
 * t<ref>,<JSON [path, before, after]>                         example of a head, without the device id
 * s<ref>,<device>,<equal start>,<equal end>,<ids>;<middle>    sealed request: its head as a difference to the example
 * f<ref>,<JSON [path, before, middle, after]>                 frame of heads: what stands around device id and time
 * q<ref>,<device ref>,<at>,<ids>                              sealed request whose head is a frame, filled
 * a<ids>                                                      settled
 * i<token>,<first id>,<count>                                 these ids are a copy of an adopted folder …
 * j<token>                                                    … which is complete: the adopted folder is obsolete
 * ```
 *
 * Device, text and example lines are repeated now and then, so that one damaged line does not take many records along.
 */
export const FORMAT_VERSION = 1;

export const HEADER_TEXT = ` countly-weave journal ${FORMAT_VERSION},`;

export const RecordType = {
  header: 0x48,
  device: 0x64,
  event: 0x65,
  opening: 0x62,
  openedEvent: 0x6f,
  timedEvent: 0x6e,
  openedTrace: 0x70,
  entry: 0x78,
  template: 0x74,
  seal: 0x73,
  frame: 0x66,
  framedSeal: 0x71,
  settle: 0x61,
  importBegin: 0x69,
  importEnd: 0x6a,
} as const;

/** How many entries may lean on one device line, or on one of a text, before it is written again. */
export const REPEAT_DEVICE_EVERY = 32;
/** Texts of one segment that bodies begin with; those of data instead of code have no end. */
export const MOST_OPENINGS = 256;
/** The same for seals and the lines of examples and frames, which are longer. */
export const REPEAT_TEMPLATE_EVERY = 128;

/**
 * Features as one character. The order belongs to the format: append only. A feature that is missing here (a newer
 * protocol) is written by name, which is never one character long.
 */
const FEATURE_CODES: readonly EntryFeature[] = [
  'core',
  'sessions',
  'events',
  'views',
  'scrolls',
  'clicks',
  'forms',
  'crashes',
  'attribution',
  'users',
  'push',
  'star-rating',
  'location',
  'apm',
  'feedback',
  'remote-config',
  'content',
  'metrics',
];

export function featureCode(feature: EntryFeature): string {
  const index = FEATURE_CODES.indexOf(feature);
  return index < 0 ? feature : index.toString(36);
}

export function featureOf(code: string): EntryFeature {
  if (code.length > 1) return code as EntryFeature;
  return FEATURE_CODES[Number.parseInt(code, 36)] ?? 'core';
}

const SEGMENT_NAME = /^(\d{6,})-([0-9a-z]+)-([0-9a-z]+)\.seg$/;

export interface SegmentName {
  /** Order of the segments of a folder, from 1. */
  readonly sequence: number;
  readonly firstId: number;
  /** Milliseconds since the epoch that the times in it count from. */
  readonly firstTime: number;
}

export function segmentFileName(name: SegmentName): string {
  const sequence = String(name.sequence).padStart(6, '0');
  return `${sequence}-${name.firstId.toString(36)}-${name.firstTime.toString(36)}.seg`;
}

/** Undefined for a file that is not a segment. */
export function parseSegmentFileName(fileName: string): SegmentName | undefined {
  const match = SEGMENT_NAME.exec(fileName);
  if (!match) return undefined;
  const [, sequence = '', firstId = '', firstTime = ''] = match;
  return {
    sequence: Number(sequence),
    firstId: Number.parseInt(firstId, 36),
    firstTime: Number.parseInt(firstTime, 36),
  };
}
