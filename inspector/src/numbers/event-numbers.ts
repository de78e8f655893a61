import type { CountedEvent } from './batch.js';
import { knownName } from './known-name.js';
import { RecentDurations } from './recent-durations.js';

export const VIEW_KEY = '[CLY]_view';

export interface KeyNumbers {
  readonly key: string;
  events: number;
  count: number;
  sum: number | null;
  dur: number | null;
  timed: number;
  last: number;
  readonly devices: Set<string>;
  durations: RecentDurations | undefined;
}

/** What came under each event key. */
export class EventNumbers {
  readonly keys = new Map<string, KeyNumbers>();
  /** Rows of the table, events of views included. */
  rows = 0;
  /** Without views. */
  events = 0;

  add(event: CountedEvent, at: number): void {
    this.rows += 1;
    const { key, dur } = event;
    const numbers = this.#of(key === VIEW_KEY ? key : knownName(this.keys, key));
    numbers.events += 1;
    numbers.count += event.count;
    numbers.devices.add(event.device_id);
    if (event.timestamp > numbers.last) numbers.last = event.timestamp;
    if (event.sum !== null) numbers.sum = (numbers.sum ?? 0) + event.sum;
    if (key !== VIEW_KEY) this.events += 1;
    if (dur === null) return;
    numbers.dur = (numbers.dur ?? 0) + dur;
    numbers.timed += 1;
    numbers.durations ??= new RecentDurations();
    numbers.durations.add(dur * 1000, at);
  }

  #of(key: string): KeyNumbers {
    let numbers = this.keys.get(key);
    if (numbers === undefined) {
      const empty = { events: 0, count: 0, sum: null, dur: null, timed: 0, last: 0 };
      numbers = { key, ...empty, devices: new Set(), durations: undefined };
      this.keys.set(key, numbers);
    }
    return numbers;
  }
}
