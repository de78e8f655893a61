import { hasNul, loneSurrogatesIn, mayHoldLoneSurrogate } from '../protocol/bad-text.js';
import { isObject, type Part, readObject } from '../protocol/json.js';
import type { Check, EntrySubject, EventSubject, RequestSubject } from './check.js';

const PLACES = 20;

/** Half of a surrogate pair, anywhere in the request. */
export const TEXT_CHECKS: ReadonlyArray<Check<RequestSubject>> = [
  {
    row: 70,
    find: ({ request, decoded }) => {
      if (!mayHoldLoneSurrogate(decoded.bodyText) && !mayHoldLoneSurrogate(request.query)) return undefined;
      return loneSurrogatesIn(decoded.parameters, PLACES).map((place) => `half of a surrogate pair in ${place}`);
    },
  },
];

/** Where a NUL becomes part of a name in the server's database, and where a value with it loses a figure. */
export const NUL_CHECKS: ReadonlyArray<Check<EntrySubject>> = [
  {
    row: 61,
    find: ({ entry }) => {
      const crash = membersOf(entry.crash);
      return [
        ...(hasNul(entry.parameters['country_code']) ? ['NUL in country_code'] : []),
        ...nulsIn('metrics', membersOf(entry.metrics), true),
        ...nulsIn('consent', membersOf(entry.consent), false),
        ...nulsIn('_custom of the crash', readObject(crash['_custom']) ?? {}, true),
        ...nulsIn('user_details.custom', readObject(membersOf(entry.userDetails)['custom']) ?? {}, false),
      ];
    },
  },
];

export const EVENT_NUL_CHECKS: ReadonlyArray<Check<EventSubject>> = [
  {
    row: 61,
    find: ({ event, key, segmentation }) => {
      const found = hasNul(event['key']) ? ['NUL in an event key'] : [];
      if (segmentation === undefined) return found;
      // The name of a view is a value that does no harm, like the values of other events.
      const { name: _name, ...rest } = segmentation;
      const isView = key === '[CLY]_view';
      return [...found, ...nulsIn(isView ? 'a view' : `"${printable(key)}"`, isView ? rest : segmentation, isView)];
    },
  },
];

function nulsIn(owner: string, members: object, valuesCount: boolean): string[] {
  const messages: string[] = [];
  for (const [name, value] of Object.entries(members)) {
    if (hasNul(name)) messages.push(`NUL in the name "${printable(name)}" of ${owner}`);
    if (valuesCount && hasNul(value)) messages.push(`NUL in the value of "${printable(name)}" of ${owner}`);
  }
  return messages;
}

/** The control character as its picture, cut to what a message can hold. */
function printable(text: string): string {
  return text.slice(0, 60).replaceAll('\0', '␀');
}

function membersOf(part: Part): Record<string, unknown> {
  return part.state === 'read' && isObject(part.value) ? part.value : {};
}
