import { eventTime, timeAfterEvents } from '../ingest/event-time.js';
import { isObject, type JsonObject, numberOf, show, stringOf, textOf } from '../protocol/json.js';
import type { Check, EntrySubject, EventSubject } from './check.js';

const NAME_LIMIT = 128;
const VALUE_LIMIT = 10;
/** Columns of the view store that are not meant to be sent with a view. */
const RESERVED = new Set(['height', 'width', 'x', 'y', 'uvc', 'type', '_id']);
/** Segments with a meaning of their own; they have no limit of values. */
const MEANT = new Set([
  'name',
  'segment',
  'visit',
  'start',
  'bounce',
  'exit',
  'view',
  'domain',
  'dur',
  '_idv',
  'referrer',
]);

function ifView(find: (segmentation: JsonObject, subject: EventSubject) => string | string[] | undefined) {
  return (subject: EventSubject) =>
    subject.key === '[CLY]_view' ? find(subject.segmentation ?? {}, subject) : undefined;
}

function isCustom(name: string): boolean {
  return !MEANT.has(name) && !RESERVED.has(name) && !name.startsWith('utm_');
}

export const VIEW_CHECKS: ReadonlyArray<Check<EventSubject>> = [
  {
    row: 31,
    find: ifView(({ name }) => (name ? undefined : `segmentation.name is ${show(name)}`)),
  },
  {
    row: 32,
    find: ifView(({ name }) =>
      typeof name === 'string' && name.length > NAME_LIMIT ? `${show(name)} has ${name.length} characters` : undefined,
    ),
  },
  {
    row: 33,
    find: ifView(({ dur }, { event }) => {
      const duration = numberOf(event['dur'] ?? dur);
      return duration !== undefined && Math.round(Math.abs(duration)) >= 1e9
        ? `the duration is ${duration}`
        : undefined;
    }),
  },
  {
    row: 34,
    find: ifView(({ name, visit, _idv }, subject) => {
      if (visit || typeof name !== 'string' || name === '') return undefined;
      return subject.hasRunningView(name, textOf(_idv)) ? undefined : `no running view "${name}" of this device`;
    }),
  },
  {
    row: 35,
    find: ifView((segmentation, { key, memory }) => {
      const messages: string[] = [];
      for (const [name, value] of Object.entries(segmentation)) {
        if (RESERVED.has(name)) messages.push(`segment "${name}" is reserved`);
        else if (isCustom(name) && memory.valueCountWith(key, name, value) > VALUE_LIMIT) {
          messages.push(`segment "${name}" has more than ${VALUE_LIMIT} values`);
        }
      }
      return messages;
    }),
  },
];

/** Looks at the whole list: a server takes each start in a visitor's first request with views for a new visitor. */
export const VIEW_START_CHECKS: ReadonlyArray<Check<EntrySubject>> = [
  {
    row: 65,
    find: ({ entry: { events }, hadViews }) => {
      const list: unknown[] = events.state === 'read' && Array.isArray(events.value) ? events.value : [];
      const starts = new Map<string, number>();
      for (const event of list) {
        const segmentation = isObject(event) && event['key'] === '[CLY]_view' ? event['segmentation'] : undefined;
        if (!isObject(segmentation) || !segmentation['visit'] || !segmentation['name']) continue;
        const name = stringOf(segmentation['name']);
        starts.set(name, (starts.get(name) ?? 0) + 1);
      }
      const several = [...starts].filter(([, count]) => count > 1);
      // Of a visitor whose views are known one more start is one more visit.
      if (several.length === 0 || hadViews()) return undefined;
      return several.map(
        ([name, count]) => `${count} starts of the view ${show(name)} in the first request with views`,
      );
    },
  },
  {
    row: 75,
    find: ({ entry }) => {
      const { events } = entry;
      const list: unknown[] = events.state === 'read' && Array.isArray(events.value) ? events.value : [];
      const counted = dayOf(timeAfterEvents(entry));
      const days = new Set<string>();
      for (const event of list) if (isNamedView(event)) days.add(dayOf(eventTime(event, entry)));
      return [...days]
        .filter((day) => day !== counted)
        .map((day) => `views of ${day} beside a last event of ${counted}`);
    },
  },
];

/** Days begin at midnight in the time zone of the app; without one that is UTC. */
function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function isNamedView(event: unknown): event is JsonObject {
  return isObject(event) && event['key'] === '[CLY]_view' && Boolean(readName(event['segmentation']));
}

function readName(segmentation: unknown): unknown {
  return isObject(segmentation) ? segmentation['name'] : undefined;
}
