import type { Window } from '../../src/api/contract/common.js';
import type { Histogram as Answer } from '../../src/api/contract/numbers.js';
import { pathOf } from '../lib/api.js';
import { decimal, duration, number } from '../lib/format.js';
import { setQuery } from '../lib/route.js';
import { useApi } from '../lib/use-api.js';
import { Card, Facts, Trouble } from './bits.js';
import { Histogram } from './histogram.js';

export interface NumberHistogramProps {
  readonly about: { readonly of: 'events' | 'views' | 'traces'; readonly name: string };
  /** Numbers to choose from, as the API calls them. */
  readonly fields: readonly string[];
  readonly chosen: string | undefined;
  readonly window: Window;
}

const TITLES: Readonly<Record<string, string>> = { dur: 'duration', response_code: 'response code' };

/** How a number is spread: any that events, views or traces carry. */
export function NumberHistogram({ about, fields, chosen, window }: NumberHistogramProps) {
  const field = fields.find((name) => name === chosen) ?? fields[0];
  const path = field === undefined ? undefined : pathOf('histogram', { ...about, field, window, buckets: 16 });
  const { data, error } = useApi<Answer>(path);
  const write = formatOf(about.of, field ?? '');
  return (
    <Card
      title="Spread"
      testid="spread"
      aside={
        <select
          aria-label="Number"
          data-testid="field"
          value={field}
          onChange={({ currentTarget: { value } }) => setQuery({ field: value })}
        >
          {fields.map((name) => (
            <option key={name} value={name}>
              {TITLES[name] ?? name.replace(/^\w+:/, '')}
            </option>
          ))}
        </select>
      }
    >
      <Trouble error={error} />
      {data !== undefined && data.count === 0 && <p class="faint">No numbers here.</p>}
      {data !== undefined && data.count > 0 && (
        <>
          <Histogram
            label={`Spread of ${field}`}
            buckets={data.buckets.map(({ from, to, count }) => ({ label: `${write(from)} – ${write(to)}`, count }))}
          />
          <p class="scale-ends" aria-hidden="true">
            <span>{write(data.min)}</span>
            <span>{write(data.max)}</span>
          </p>
          <Facts
            of={[
              ['p50 / p95', `${write(data.p50)} / ${write(data.p95)}`],
              ['Mean', write(data.mean)],
              ['Measured', `${number(data.count)} of ${number(data.rows)}`],
            ]}
          />
        </>
      )}
    </Card>
  );
}

/** `dur` of events and `duration` of views are seconds, those of traces milliseconds. */
function formatOf(of: string, field: string): (value: number | null) => string {
  if (field === 'dur' || (field === 'duration' && of === 'views'))
    return (value) => duration(value === null ? null : value * 1000);
  return field === 'duration' ? duration : decimal;
}
