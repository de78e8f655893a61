/** How an entry merges with an equal one that waits. */
export interface RollUp {
  /** Entries of one device with the same key are equal. */
  readonly key: string;
  /** The text of both together. */
  merge(waiting: string): string;
}

interface EventObject extends Readonly<Record<'count' | 'timestamp' | 'hour' | 'dow', number>> {
  readonly key: string;
  readonly id?: string;
  readonly cvid?: string;
  readonly sum?: number;
  readonly dur?: number;
  readonly segmentation?: unknown;
}

/** Two equal events of one hour as one. Fractions are rounded as for a single event: no tail of binary noise. */
export function mergeEvents(waiting: string, added: string): string {
  const one = JSON.parse(waiting) as EventObject;
  const other = JSON.parse(added) as EventObject;
  const sum = total(one.sum, other.sum, 5);
  const dur = total(one.dur, other.dur, 6);
  const { key, id, cvid, segmentation, timestamp, hour, dow } = one;
  return JSON.stringify({
    key,
    id,
    cvid,
    count: Math.min(one.count + other.count, Number.MAX_SAFE_INTEGER),
    sum,
    dur,
    segmentation,
    timestamp,
    hour,
    dow,
  });
}

function total(one: number | undefined, other: number | undefined, decimals: number): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const sum = one + other;
  return Number.isFinite(sum) ? Number(sum.toFixed(decimals)) : one;
}
