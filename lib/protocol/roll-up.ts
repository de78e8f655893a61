/** How an entry merges with an equal one that waits. */
export interface RollUp {
  /** Entries of one device with the same key are equal. */
  readonly key: string;
  /** The text of both together. */
  merge(waiting: string): string;
}

interface EventObject {
  readonly key: string;
  readonly count: number;
  readonly sum?: number;
  readonly dur?: number;
  readonly segmentation?: unknown;
  readonly timestamp: number;
  readonly hour: number;
  readonly dow: number;
}

/**
 * Two equal events of one hour as one: `count`, `sum` and `dur` add up, the time is that of the first. Fractions are
 * rounded as for a single event, so that adding up does not leave a tail of binary noise.
 */
export function mergeEvents(waiting: string, added: string): string {
  const one = JSON.parse(waiting) as EventObject;
  const other = JSON.parse(added) as EventObject;
  const sum = total(one.sum, other.sum, 5);
  const dur = total(one.dur, other.dur, 6);
  return JSON.stringify({
    key: one.key,
    count: one.count + other.count,
    ...(sum === undefined ? {} : { sum }),
    ...(dur === undefined ? {} : { dur }),
    ...(one.segmentation === undefined ? {} : { segmentation: one.segmentation }),
    timestamp: one.timestamp,
    hour: one.hour,
    dow: one.dow,
  });
}

function total(one: number | undefined, other: number | undefined, decimals: number): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Number((one + other).toFixed(decimals));
}
