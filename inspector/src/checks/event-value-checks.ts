import { roundedSum } from '../protocol/event-values.js';
import { numberOf, show } from '../protocol/json.js';
import type { Check, EventSubject } from './check.js';

export const EVENT_VALUE_CHECKS: ReadonlyArray<Check<EventSubject>> = [
  {
    row: 15,
    find: ({ event, key }) => {
      const count = event['count'];
      // Of a view nobody looks at it.
      if (count === undefined || key === '[CLY]_view') return undefined;
      const number = numberOf(count);
      return number !== undefined && Number.isInteger(number) && number > 0
        ? undefined
        : `"${key}": count is ${show(count)}`;
    },
  },
  {
    row: 16,
    find: ({ event, key }) =>
      ['sum', 'dur']
        .filter((name) => event[name] !== undefined && event[name] !== null && numberOf(event[name]) === undefined)
        .map((name) => `"${key}": ${name} is ${show(event[name])}`),
  },
  {
    row: 74,
    find: ({ event, key }) => {
      const sum = numberOf(event['sum']);
      if (sum === undefined || sum === 0 || key === '[CLY]_view') return undefined;
      return roundedSum(sum) === 0 ? `"${key}": sum is ${show(event['sum'])}` : undefined;
    },
  },
];
