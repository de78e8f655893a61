export const COUNTED = ['events', 'views', 'errors', 'traces', 'requests', 'rejected'] as const;

export type Counted = (typeof COUNTED)[number];

type Slot = Record<Counted, number>;

const SECOND = 1000;
/** Whole seconds are kept for the last half hour, and what is older in slots that grow with the time since the start. */
const SECONDS_KEPT = 1800;
const MOST_SLOTS = 10_000;

/** How many came when, by arrival. */
export class TimeLine {
  readonly #seconds = new Map<number, Slot>();
  #slots = new Map<number, Slot>();
  #slotMs = 60_000;

  /** When the first came; undefined while nothing has. */
  get since(): number | undefined {
    const [first] = this.#slots.keys();
    return first === undefined ? undefined : first * this.#slotMs;
  }

  add(at: number, what: Counted, count: number): void {
    if (count === 0) return;
    const second = Math.floor(at / SECOND);
    if (slotOf(this.#seconds, second)[what] === 0) this.#forget(second);
    slotOf(this.#seconds, second)[what] += count;
    slotOf(this.#slots, Math.floor(at / this.#slotMs))[what] += count;
    if (this.#slots.size > MOST_SLOTS) this.#widen();
  }

  /** Sums for `count` slots of `step` milliseconds from `from` on. What is older than half an hour is known by the minute. */
  sums(from: number, step: number, count: number): Record<Counted, number[]> {
    const sums = emptySums(count);
    const isFine = step < this.#slotMs;
    const width = isFine ? SECOND : this.#slotMs;
    for (const [place, slot] of isFine ? this.#seconds : this.#slots) {
      // A wide slot that begins before the first one belongs to it.
      const index = Math.floor((place * width - from) / step);
      if (index < 0 || index >= count) continue;
      for (const what of COUNTED) sums[what][index] = (sums[what][index] ?? 0) + slot[what];
    }
    return sums;
  }

  #forget(now: number): void {
    for (const second of this.#seconds.keys()) {
      if (second >= now - SECONDS_KEPT) break;
      this.#seconds.delete(second);
    }
  }

  #widen(): void {
    this.#slotMs *= 2;
    const wide = new Map<number, Slot>();
    for (const [place, slot] of this.#slots) {
      const target = slotOf(wide, Math.floor(place / 2));
      for (const what of COUNTED) target[what] += slot[what];
    }
    this.#slots = wide;
  }
}

function slotOf(slots: Map<number, Slot>, place: number): Slot {
  let slot = slots.get(place);
  if (slot === undefined) {
    slot = { events: 0, views: 0, errors: 0, traces: 0, requests: 0, rejected: 0 };
    slots.set(place, slot);
  }
  return slot;
}

function emptySums(count: number): Record<Counted, number[]> {
  const zeros = (): number[] => new Array<number>(count).fill(0);
  return { events: zeros(), views: zeros(), errors: zeros(), traces: zeros(), requests: zeros(), rejected: zeros() };
}
