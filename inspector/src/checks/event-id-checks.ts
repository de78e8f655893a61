import { isObject, show } from '../protocol/json.js';
import type { Check, EntrySubject, EventSubject } from './check.js';

const IDS = ['id', 'pvid', 'cvid', 'peid'] as const;

/** Ids of the event, the previous and current view, and the previous event: newer servers keep them. */
export const EVENT_ID_CHECKS: ReadonlyArray<Check<EventSubject>> = [
  {
    row: 72,
    find: ({ event, key }) => {
      let messages: string[] | undefined;
      for (const name of IDS) {
        const value = event[name];
        if (value === undefined || (typeof value === 'string' && value !== '')) continue;
        messages ??= [];
        messages.push(`"${key}": ${name} is ${show(value)}, expected a text that is not empty`);
      }
      return messages;
    },
  },
];

/** A view may start in the same request as the events that name it, in any place of the list. */
export const VIEW_ID_CHECKS: ReadonlyArray<Check<EntrySubject>> = [
  {
    row: 73,
    find: ({ entry: { events }, knowsView }) => {
      const list: unknown[] = events.state === 'read' && Array.isArray(events.value) ? events.value : [];
      const named = new Set<string>();
      const own = new Set<unknown>();
      for (const event of list) {
        if (!isObject(event)) continue;
        if (typeof event['cvid'] === 'string' && event['cvid'] !== '') named.add(event['cvid']);
        if (event['key'] === '[CLY]_view' && isObject(event['segmentation'])) own.add(event['segmentation']['_idv']);
      }
      return [...named]
        .filter((id) => !own.has(id) && !knowsView(id))
        .map((id) => `cvid ${show(id)} is the id of no view that came in`);
    },
  },
];
