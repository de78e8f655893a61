import type { CountedView } from './batch.js';
import { Durations } from './durations.js';
import { knownName } from './known-name.js';

export interface NameNumbers {
  readonly name: string;
  visits: number;
  visitors: number;
  landings: number;
  seconds: number | null;
  last: number;
  readonly devices: Set<string>;
  readonly durations: Durations;
}

/** Visits, and seconds without one, by name of view. */
export class ViewNumbers {
  readonly names = new Map<string, NameNumbers>();
  rows = 0;
  visits = 0;

  add(view: CountedView): void {
    const numbers = this.#of(view.name);
    this.rows += 1;
    this.visits += Number(view.visit);
    numbers.visits += Number(view.visit);
    numbers.visitors += Number(view.new_visitor);
    numbers.landings += Number(view.landing);
    numbers.devices.add(view.device_id);
    numbers.last = Math.max(numbers.last, view.timestamp);
    this.end(view);
  }

  end({ name, duration }: Pick<CountedView, 'name' | 'duration'>): void {
    if (duration === null) return;
    const numbers = this.#of(name);
    numbers.seconds = (numbers.seconds ?? 0) + duration;
    numbers.durations.add(duration * 1000);
  }

  #of(sent: string): NameNumbers {
    const name = knownName(this.names, sent);
    let numbers = this.names.get(name);
    if (numbers === undefined) {
      const empty = { visits: 0, visitors: 0, landings: 0, seconds: null, last: 0 };
      numbers = { name, ...empty, devices: new Set(), durations: new Durations() };
      this.names.set(name, numbers);
    }
    return numbers;
  }
}
