import { duration, number, percent } from '../lib/format.js';

export interface Bucket {
  readonly label: string;
  readonly count: number;
}

export interface HistogramProps {
  readonly label: string;
  readonly buckets: readonly Bucket[];
  /** In a row of a table: no axis. */
  readonly isSmall?: boolean;
}

/** How many lie where: a bar for each range, its numbers below the pointer. */
export function Histogram({ label, buckets, isSmall = false }: HistogramProps) {
  const highest = Math.max(1, ...buckets.map(({ count }) => count));
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return <span class="faint">–</span>;
  return (
    <div class={isSmall ? 'histogram is-small' : 'histogram'} role="img" aria-label={`${label}: ${wordsOf(buckets)}`}>
      {buckets.map((bucket) => (
        <span
          class="bucket"
          key={bucket.label}
          title={`${bucket.label}: ${number(bucket.count)} (${percent(bucket.count, total)})`}
        >
          <span
            class={bucket.count === 0 ? 'bar is-empty' : 'bar'}
            style={{ height: bucket.count === 0 ? '1px' : `${Math.max(6, (bucket.count / highest) * 100)}%` }}
          />
          {!isSmall && <span class="bucket-label">{bucket.label}</span>}
        </span>
      ))}
    </div>
  );
}

function wordsOf(buckets: readonly Bucket[]): string {
  const filled = buckets.filter(({ count }) => count > 0);
  return filled
    .map(({ label, count }) => `${label} ${number(count)}`)
    .join(', ')
    .slice(0, 400);
}

/** Counts below upper bounds in milliseconds, as the API gives them; the last takes the rest. */
export function bucketsOf(bounds: readonly number[], counts: readonly number[] | null): Bucket[] {
  return (counts ?? []).map((count, index) => {
    const from = index === 0 ? 0 : (bounds[index - 1] ?? 0);
    const to = bounds[index];
    return { label: to === undefined ? `over ${duration(from)}` : `${duration(from)} – ${duration(to)}`, count };
  });
}
