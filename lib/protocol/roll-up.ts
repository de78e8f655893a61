/** How an entry merges with an equal one that waits. */
export interface RollUp {
  /** Entries of one device with the same key are equal. An object is remembered no longer than it lives. */
  readonly key: string | object;
  /** The text of both together; undefined when it could not say all that both do. */
  readonly merge: (waiting: string) => string | undefined;
}

interface EventObject extends Readonly<Record<'count' | 'timestamp' | 'hour' | 'dow', number>> {
  readonly key: string;
  readonly id?: string;
  readonly cvid?: string;
  readonly sum?: number;
  readonly dur?: number;
  readonly segmentation?: unknown;
}

/**
 * Two equal events of one hour as one. Fractions are rounded as for a single event: no tail of binary noise. Undefined when a
 * total would leave the range of exact numbers: two events say it then.
 */
export function mergeEvents(waiting: string, added: string): string | undefined {
  const one = JSON.parse(waiting) as EventObject;
  const other = JSON.parse(added) as EventObject;
  const count = total(one.count, other.count, 0);
  const sum = total(one.sum, other.sum, 5);
  const dur = total(one.dur, other.dur, 6);
  if (count === INEXACT || sum === INEXACT || dur === INEXACT) return undefined;
  const { key, id, cvid, segmentation, timestamp, hour, dow } = one;
  return JSON.stringify({ key, id, cvid, count, sum, dur, segmentation, timestamp, hour, dow });
}

const INEXACT = Symbol();

function total(
  one: number | undefined,
  other: number | undefined,
  decimals: number,
): number | undefined | typeof INEXACT {
  if (one === undefined || other === undefined) return one ?? other;
  const sum = one + other;
  const isWhole = Number.isInteger(one) && Number.isInteger(other);
  const largest = isWhole ? Number.MAX_SAFE_INTEGER : Number.MAX_SAFE_INTEGER / 10 ** decimals;
  if ([one, other, sum].some((value) => Math.abs(value) > largest)) return INEXACT;
  return Number(sum.toFixed(decimals));
}
