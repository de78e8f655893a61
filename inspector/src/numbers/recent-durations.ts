import { Durations } from './durations.js';

/** Width of a slot. */
const SLOT_MS = 10_000;
const KEPT_MS = 30 * 60_000;

/** Durations of all time, and of the last half hour by the time they came. */
export class RecentDurations {
  readonly all = new Durations();
  readonly #slots = new Map<number, Durations>();

  add(ms: number, at: number): void {
    this.all.add(ms);
    const slot = Math.floor(at / SLOT_MS);
    let durations = this.#slots.get(slot);
    if (durations === undefined) {
      durations = new Durations();
      this.#slots.set(slot, durations);
      this.#forget(at);
    }
    durations.add(ms);
  }

  /** What came from `from` on and before `to`. */
  between(from: number, to: number): Durations {
    const found = new Durations();
    for (const [slot, durations] of this.#slots) {
      const at = slot * SLOT_MS;
      if (at >= from && at < to) found.merge(durations);
    }
    return found;
  }

  /** The same for `count` slots of `step` milliseconds in one go; `undefined` where nothing came. */
  slots(from: number, step: number, count: number): (Durations | undefined)[] {
    const found = new Array<Durations | undefined>(count).fill(undefined);
    for (const [slot, durations] of this.#slots) {
      const index = Math.floor((slot * SLOT_MS - from) / step);
      if (index < 0 || index >= count) continue;
      const present = found[index] ?? new Durations();
      present.merge(durations);
      found[index] = present;
    }
    return found;
  }

  #forget(now: number): void {
    for (const slot of this.#slots.keys()) {
      if (slot * SLOT_MS >= now - KEPT_MS - SLOT_MS) break;
      this.#slots.delete(slot);
    }
  }
}
