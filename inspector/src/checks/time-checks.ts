import { show } from '../protocol/json.js';
import { readTimestamp } from '../protocol/time-stamp.js';
import type { Check, EntrySubject, EventSubject, Found } from './check.js';

/** So far ahead is nothing to tell: who sends more than one request a millisecond numbers them into the future. */
const TOLERANCE_MS = 1000;

function unreadable(value: unknown, owner: string): Found {
  if (value === undefined || value === null || value === '') return undefined;
  if (readTimestamp(value) !== undefined) return undefined;
  return `timestamp of the ${owner} is ${show(value)}, expected 10 or 13 digits`;
}

function future(value: unknown, now: number, owner: string): Found {
  const time = readTimestamp(value);
  return time !== undefined && time > now + TOLERANCE_MS
    ? `timestamp of the ${owner} is ahead of the server's clock`
    : undefined;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

export const TIME_CHECKS: ReadonlyArray<Check<EntrySubject>> = [
  { row: 17, find: ({ entry }) => unreadable(entry.parameters['timestamp'], 'request') },
  { row: 18, find: ({ entry }) => future(entry.parameters['timestamp'], entry.now, 'request') },
  {
    row: 20,
    find: ({ entry }) => (isAbsent(entry.parameters['timestamp']) ? 'the request has no "timestamp"' : undefined),
  },
  {
    row: 62,
    find: ({ entry: { parameters } }) =>
      ['hour', 'dow']
        .filter((name) => typeof parameters[name] === 'number')
        .map((name) => `${name} of the request is the JSON number ${show(parameters[name])}`),
  },
  {
    row: 63,
    find: ({ entry: { parameters } }) =>
      typeof parameters['t'] === 'number' ? `t is the JSON number ${show(parameters['t'])}` : undefined,
  },
  {
    row: 60,
    find: ({ entry }) => (entry.parameters['tz'] === 0 ? 'tz is the JSON number 0' : undefined),
  },
];

export const EVENT_TIME_CHECKS: ReadonlyArray<Check<EventSubject>> = [
  { row: 17, find: ({ event, key }) => unreadable(event['timestamp'], `event "${key}"`) },
  { row: 18, find: ({ event, entry, key }) => future(event['timestamp'], entry.now, `event "${key}"`) },
];
