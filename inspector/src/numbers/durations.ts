/** Upper bounds of the duration histogram in milliseconds; a last bucket takes the rest. */
export const BUCKETS_MS = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000] as const;

/** Values of one bucket differ by less than this share, and a percentile is one that was really seen. */
const STEP = Math.log(1.04);
/** What is shorter than a microsecond, or negative, lies in the lowest bucket. */
const LOWEST = Math.ceil(Math.log(0.001) / STEP);

interface Bucket {
  count: number;
  max: number;
}

/** Percentiles of any number of durations in a bounded space: buckets that grow with the duration. */
export class Durations {
  readonly #buckets = new Map<number, Bucket>();
  #count = 0;
  #max = Number.NEGATIVE_INFINITY;

  get count(): number {
    return this.#count;
  }

  get max(): number | null {
    return this.#count === 0 ? null : this.#max;
  }

  add(ms: number): void {
    this.#put(ms > 0.001 ? Math.ceil(Math.log(ms) / STEP) : LOWEST, 1, ms);
  }

  merge(other: Durations): void {
    for (const [place, { count, max }] of other.#buckets) this.#put(place, count, max);
  }

  /** By nearest rank, for several shares in ascending order. */
  percentiles(...shares: readonly number[]): (number | null)[] {
    const places = [...this.#buckets].sort(([left], [right]) => left - right);
    let seen = 0;
    let next = 0;
    return shares.map((share) => {
      const wanted = Math.max(1, share * this.#count);
      while (seen < wanted && next < places.length) seen += places[next++]?.[1].count ?? 0;
      return places[next - 1]?.[1].max ?? null;
    });
  }

  /** How many in each bucket of `BUCKETS_MS`. */
  histogram(): number[] {
    const counts = new Array<number>(BUCKETS_MS.length + 1).fill(0);
    for (const { count, max } of this.#buckets.values()) {
      const found = BUCKETS_MS.findIndex((bound) => max <= bound);
      const place = found < 0 ? BUCKETS_MS.length : found;
      counts[place] = (counts[place] ?? 0) + count;
    }
    return counts;
  }

  #put(place: number, count: number, max: number): void {
    this.#count += count;
    if (max > this.#max) this.#max = max;
    const bucket = this.#buckets.get(place);
    if (bucket === undefined) {
      this.#buckets.set(place, { count, max });
      return;
    }
    bucket.count += count;
    if (max > bucket.max) bucket.max = max;
  }
}
