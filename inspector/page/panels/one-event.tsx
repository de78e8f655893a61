import type { EventKeys } from '../../src/api/contract/names.js';
import type { Latency, Segments } from '../../src/api/contract/numbers.js';
import { pathOf } from '../lib/api.js';
import { ago, decimal, duration, number } from '../lib/format.js';
import { useApi } from '../lib/use-api.js';
import { Card, Facts, Trouble } from '../parts/bits.js';
import { Breakdown } from '../parts/breakdown.js';
import { Chart } from '../parts/chart.js';
import { MethodLinks } from '../parts/method-links.js';
import { NumberHistogram } from '../parts/number-histogram.js';
import { currentWindow, WindowPicker } from '../parts/window-picker.js';
import { EventRows } from './event-rows.js';

/** One key: how often, how long, by which segment, and the events themselves. */
export function OneEvent({ of, query }: { of: string; query: Readonly<Record<string, string>> }) {
  const { data, error } = useApi<EventKeys>('keys');
  const { data: found } = useApi<Segments>(pathOf('segments', { key: of }));
  const row = data?.keys.find(({ key }) => key === of);
  const segments = found?.segments ?? [];
  const fields = [
    ...(row === undefined || row.timed > 0 ? ['dur'] : []),
    'sum',
    'count',
    ...segments.filter(({ kind }) => kind === 'number' || kind === 'mixed').map(({ name }) => `segment:${name}`),
  ];
  return (
    <>
      <p class="back">
        <a href="#events">← All events</a>
      </p>
      <h2 class="panel-title">{of}</h2>
      <Trouble error={error} />
      <div class="columns is-wide">
        <Card title="In all" aside={<WindowPicker />}>
          {row !== undefined && (
            <Facts
              of={[
                ['Events', number(row.events)],
                ['Count', number(row.count)],
                ['Sum', row.sum === null ? null : decimal(row.sum)],
                ['People', number(row.devices)],
                ['p50 / p95', row.p50 === null ? null : `${duration(row.p50)} / ${duration(row.p95)}`],
                ['Last', ago(row.last)],
                ['Made by', row.methods.length > 0 && <MethodLinks of={row.methods} />],
              ]}
            />
          )}
          <Durations of={of} />
        </Card>
        <Breakdown about={{ key: of }} segments={segments} chosen={query['segment']} window={currentWindow()} />
        <NumberHistogram
          about={{ of: 'events', name: of }}
          fields={fields}
          chosen={query['field']}
          window={currentWindow()}
        />
      </div>
      <EventRows title="Latest" query={query} of={of} />
    </>
  );
}

function Durations({ of }: { of: string }) {
  const { data } = useApi<Latency>(pathOf('latency', { of: 'events', window: currentWindow() }));
  const found = data?.names.find(({ id, label }) => id === of || label === of);
  if (data === undefined || found === undefined) return null;
  return (
    <Chart
      label={`Duration of ${of} over time`}
      times={data.at}
      series={[
        { label: 'p95', values: found.series.map((slot) => slot?.p95 ?? null), color: 'warning' },
        { label: 'p50', values: found.series.map((slot) => slot?.p50 ?? null), color: 'bar' },
      ]}
      height={140}
      format={duration}
    />
  );
}
