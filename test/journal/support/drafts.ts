import type { Recovered, StorageListener } from '../../../lib/journal/storage.js';
import type { EntryDraft } from '../../../lib/protocol/entry.js';
import { EventTime } from '../../../lib/protocol/event-time.js';

export const START = 1_700_000_000_000;

export function event(n: number, more: Partial<EntryDraft> = {}): EntryDraft {
  return {
    deviceId: `device-${n % 3}`,
    idType: 0,
    kind: 'event',
    feature: 'events',
    timestamp: START + n,
    tz: 60,
    weight: 1,
    body: `{"key":"event","n":${n}}`,
    ...more,
  };
}

/** The same draft as the queue gives it for events: its body in parts, with the time of the entry behind if wanted. */
export function inParts(draft: EntryDraft, cut = draft.body.length - 2, timed = false): EntryDraft {
  const { body, timestamp, tz } = draft;
  const time = timed ? new EventTime().text(timestamp, tz) : '';
  return { ...draft, opening: body.slice(0, cut), rest: body.slice(cut), time, body: body + time };
}

/** Remembers what a storage told. */
export class Listener implements StorageListener {
  readonly found: Recovered[] = [];
  readonly warnings: string[] = [];

  recovered(found: Recovered): void {
    this.found.push(found);
  }

  warn(message: string): void {
    this.warnings.push(message);
  }

  /** Bodies of all that was found: loose entries, then sealed ones. */
  get bodies(): string[] {
    return [
      ...this.found.flatMap(({ entries }) => entries.map((entry) => entry.body)),
      ...this.found.flatMap(({ sealed }) => sealed.flatMap((it) => it.entries.map((entry) => entry.body))),
    ];
  }

  get ids(): number[] {
    return [
      ...this.found.flatMap(({ entries }) => entries.map((entry) => entry.id)),
      ...this.found.flatMap(({ sealed }) => sealed.flatMap((it) => it.entries.map((entry) => entry.id))),
    ];
  }
}
