import { EVENT_KEY_LIMIT, isInternal, KNOWN_INTERNAL, SERVER_GENERATED } from '../protocol/event-key.js';
import { show } from '../protocol/json.js';
import type { Check, EventSubject } from './check.js';

const KEY_LIMIT = 500;

export const EVENT_KEY_CHECKS: ReadonlyArray<Check<EventSubject>> = [
  { row: 4, find: ({ event, key }) => (key === '' ? `the key is ${show(event['key'])}` : undefined) },
  {
    row: 5,
    find: ({ key }) => (key.length >= EVENT_KEY_LIMIT ? `key ${show(key)} has ${key.length} characters` : undefined),
  },
  {
    row: 6,
    find: ({ event, key }) =>
      typeof event['key'] === 'string' && event['key'] !== key
        ? `${show(event['key'])} becomes ${show(key)}`
        : undefined,
  },
  {
    row: 7,
    find: ({ key }) => {
      if (!isInternal(key) || KNOWN_INTERNAL.has(key)) return undefined;
      return SERVER_GENERATED.has(key) ? `"${key}" is written by the server itself` : `"${key}" is not known`;
    },
  },
  {
    row: 66,
    find: ({ key }) => (!isInternal(key) && key.includes('.') ? `key ${show(key)} has a dot` : undefined),
  },
  {
    row: 8,
    find: ({ key, memory }) =>
      memory.keyCount >= KEY_LIMIT && !memory.knowsKey(key) ? `"${key}" is one key more than ${KEY_LIMIT}` : undefined,
  },
];
