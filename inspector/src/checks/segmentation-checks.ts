import { isInternal } from '../protocol/event-key.js';
import { type JsonObject, show } from '../protocol/json.js';
import type { Check, EventSubject, Found } from './check.js';

const SEGMENT_LIMIT = 100;
const VALUE_LIMIT = 1000;

/** Runs over the segments of one event; stops allocating when there is nothing to say, which is the usual case. */
function perSegment(find: (name: string, value: unknown, subject: EventSubject) => string | undefined) {
  return (subject: EventSubject): Found => {
    let messages: string[] | undefined;
    const segmentation: JsonObject = subject.segmentation ?? {};
    for (const name in segmentation) {
      const message = find(name, segmentation[name], subject);
      if (message === undefined) continue;
      messages ??= [];
      messages.push(message);
    }
    return messages;
  };
}

export const SEGMENTATION_CHECKS: ReadonlyArray<Check<EventSubject>> = [
  {
    row: 9,
    find: ({ key, segmentation }) => {
      const count = segmentation === undefined ? 0 : Object.keys(segmentation).length;
      return count > SEGMENT_LIMIT ? `"${key}" has ${count} segments` : undefined;
    },
  },
  {
    row: 10,
    find: perSegment((name, value, { key, memory }) =>
      !isInternal(key) && memory.valueCountWith(key, name, value) > VALUE_LIMIT
        ? `"${key}": segment "${name}" has more than ${VALUE_LIMIT} values`
        : undefined,
    ),
  },
  {
    row: 11,
    find: perSegment((name, value, { key }) =>
      Array.isArray(value) ? `"${key}": segment "${name}" is an array of ${value.length}` : undefined,
    ),
  },
  {
    row: 12,
    find: perSegment((name, value, { key }) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? `"${key}": segment "${name}" is ${show(value)}`
        : undefined,
    ),
  },
  {
    row: 13,
    find: perSegment((name, value, { key }) => {
      if (name === '') return `"${key}": a segment has an empty name`;
      return value === null || value === '' ? `"${key}": segment "${name}" is ${show(value)}` : undefined;
    }),
  },
  {
    row: 14,
    find: perSegment((name, value, { key }) => {
      if (name.includes('.') || name.startsWith('$')) return `"${key}": segment name "${name}"`;
      if (isInternal(key) || typeof value !== 'string') return undefined;
      return value.includes('.') || value.startsWith('$')
        ? `"${key}": a value of segment "${name}" contains a dot or starts with "$"`
        : undefined;
    }),
  },
];
