import { isObject, show } from '../protocol/json.js';
import type { Check, EntrySubject } from './check.js';

export const EVENT_LIST_CHECKS: ReadonlyArray<Check<EntrySubject>> = [
  {
    row: 1,
    find: ({ entry: { events, inBulk } }) => {
      if (events.state === 'broken') return `"events" is not valid JSON: ${show(events.text)}`;
      if (events.state === 'absent' || Array.isArray(events.value)) return undefined;
      // Row 2 has the better explanation for a text in a bulk.
      if (inBulk && typeof events.value === 'string') return undefined;
      return `"events" is ${show(events.value)}, expected an array`;
    },
  },
  {
    row: 2,
    find: ({ entry: { events, inBulk } }) =>
      inBulk && events.state === 'read' && typeof events.value === 'string'
        ? `"events" is the text ${show(events.value)}, expected a real array`
        : undefined,
  },
  {
    row: 3,
    find: ({ entry: { events } }) => {
      if (events.state !== 'read' || !Array.isArray(events.value)) return undefined;
      const place = events.value.findIndex((event) => event === null || event === undefined);
      return place < 0 ? undefined : `events[${place}] of ${events.value.length} is null`;
    },
  },
  {
    row: 4,
    find: ({ entry: { events } }) => {
      if (events.state !== 'read' || !Array.isArray(events.value)) return undefined;
      const strange = events.value.find((event) => event !== null && !isObject(event));
      return strange === undefined ? undefined : `an element of "events" is ${show(strange)}, expected an object`;
    },
  },
];
