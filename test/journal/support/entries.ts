import type { Recovered, Room, Storage, StorageListener } from '../../../lib/journal/storage.js';
import type { Entry } from '../../../lib/protocol/entry.js';

export const START = 1_700_000_000_000;
/** Room for all that a test has. */
export const PLENTY: Room = { entries: 1_000_000, bytes: 1e9 };

/** The n-th entry a test accepts. */
export function event(n: number, more: Partial<Entry> = {}): Entry {
  return {
    id: START * 1000 + n,
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

export function events(from: number, count: number, more: Partial<Entry> = {}): Entry[] {
  return Array.from({ length: count }, (_, n) => event(from + n, more));
}

/** What was recovered in one list: what no request was made of, then the entries of sealed ones. */
export function allOf({ entries, sealed }: Recovered): Entry[] {
  return [...entries, ...sealed.flatMap((request) => request.entries)];
}

/** The numbers of {@link event}s. */
export function numbersOf(entries: readonly Entry[]): number[] {
  return entries.map(({ body }) => (JSON.parse(body) as { n: number }).n);
}

export function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, n) => from + n);
}

/** Remembers what a storage told. */
export class Listener implements StorageListener {
  readonly warnings: string[] = [];
  finds = 0;
  losses = 0;
  /** Done when a storage asks for everything again. */
  again: () => void = () => {};

  found(): void {
    this.finds++;
  }

  lost(): void {
    this.losses++;
    this.again();
  }

  warn(message: string): void {
    this.warnings.push(message);
  }
}

export function appendAll(storage: Storage, entries: readonly Entry[]): void {
  for (const entry of entries) storage.append(entry);
}
