import type { Window } from '../../src/api/contract/common.js';
import type { Breakdown as Answer, Segments } from '../../src/api/contract/numbers.js';
import { pathOf } from '../lib/api.js';
import { compact, decimal, number, percent, plural } from '../lib/format.js';
import { setQuery } from '../lib/route.js';
import { useApi } from '../lib/use-api.js';
import { Card, Meter, Trouble } from './bits.js';

export interface BreakdownProps {
  /** An event key, or what else the API breaks down. */
  readonly about: Readonly<Record<string, string>>;
  readonly segments: Segments['segments'];
  readonly chosen: string | undefined;
  readonly window: Window;
}

/** How often each value of a segment came. */
export function Breakdown({ about, segments, chosen, window }: BreakdownProps) {
  const segment = segments.find(({ name }) => name === chosen)?.name ?? segments[0]?.name;
  const path = segment === undefined ? undefined : pathOf('breakdown', { ...about, segment, window, limit: 12 });
  const { data, error } = useApi<Answer>(path);
  if (segment === undefined) {
    return (
      <Card title="By segment">
        <p class="faint">Segments tell events of one key apart; none came with these.</p>
      </Card>
    );
  }
  const values = data?.values ?? [];
  const whole = values.reduce((sum, { events }) => sum + events, data?.others ?? 0);
  const hasSum = values.some(({ sum }) => sum !== 0);
  return (
    <Card
      title="By segment"
      testid="breakdown"
      aside={
        <select
          aria-label="Segment"
          data-testid="segment"
          value={segment}
          onChange={({ currentTarget: { value } }) => setQuery({ segment: value })}
        >
          {segments.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      }
    >
      <Trouble error={error} />
      <ul class="plain">
        {values.map(({ value, events, sum, devices }) => (
          <li
            class="ranked"
            key={value ?? ''}
            data-testid="breakdown-row"
            title={`${plural(events, 'event')}, ${plural(devices, 'person', 'people')}`}
          >
            <span class={value === null ? 'line-text faint' : 'line-text'}>{value ?? 'without it'}</span>
            <span class="figure">
              {hasSum && <span class="faint">sum {decimal(sum)} · </span>}
              {compact(events)} <span class="faint">{percent(events, whole)}</span>
            </span>
            <Meter share={events / Math.max(1, whole)} />
          </li>
        ))}
      </ul>
      {data !== undefined && data.others > 0 && <p class="faint">and {number(data.others)} with other values</p>}
      {data !== undefined && data.measured < data.rows && (
        <p class="faint">
          Of the newest {number(data.measured)} of {number(data.rows)}.
        </p>
      )}
    </Card>
  );
}
