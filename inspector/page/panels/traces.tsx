import type { TraceNames } from '../../src/api/contract/names.js';
import type { Latency } from '../../src/api/contract/numbers.js';
import { pathOf } from '../lib/api.js';
import { ago, compact, duration, number } from '../lib/format.js';
import { go, hrefTo, openDrawer } from '../lib/route.js';
import { useApi } from '../lib/use-api.js';
import { useList } from '../lib/use-list.js';
import { Badge, Card, Chips, DeviceLink, Empty, Trouble, When } from '../parts/bits.js';
import { Chart } from '../parts/chart.js';
import { ExportLinks } from '../parts/export-links.js';
import { ActiveFilters } from '../parts/filter-bar.js';
import { bucketsOf, Histogram } from '../parts/histogram.js';
import { MethodLinks } from '../parts/method-links.js';
import { NumberHistogram } from '../parts/number-histogram.js';
import { Table } from '../parts/table.js';
import { currentWindow, WindowPicker } from '../parts/window-picker.js';
import type { Panel, PanelProps } from './panel.js';

/** How fast everything is, by name; or one trace over time. */
export const traces: Panel = {
  id: 'traces',
  title: 'Traces',
  group: 'Collected',
  count: (totals) => totals.traces,
  View: ({ item, query }) => (
    <>
      {item === undefined ? <Names /> : <OneTrace of={item} query={query} />}
      <Rows query={query} of={item} />
    </>
  ),
};

function Names() {
  const { data, error } = useApi<TraceNames>('trace-names');
  return (
    <Card title="By name" class="is-half">
      <Trouble error={error} />
      <Table
        caption="Traces by name"
        name="trace"
        rows={data?.names ?? []}
        total={data?.total ?? 0}
        isLoading={data === undefined}
        keyOf={({ type, name }) => `${type} ${name}`}
        onOpen={({ name }) => go(hrefTo('traces', name))}
        columns={[
          {
            title: 'Trace',
            cell: ({ name }) => (
              <a href={hrefTo('traces', name)} title={name}>
                {name}
              </a>
            ),
          },
          { title: 'Type', width: '92px', leaveOut: 2, cell: ({ type }) => <Badge kind={type}>{type}</Badge> },
          { title: 'Count', width: '76px', isNumber: true, leaveOut: 2, cell: (row) => compact(row.count) },
          {
            title: 'Failed',
            width: '76px',
            isNumber: true,
            cell: (row) => (row.failed > 0 ? <span class="is-bad">{compact(row.failed)}</span> : '0'),
          },
          { title: 'p50', width: '80px', isNumber: true, cell: (row) => duration(row.p50) },
          { title: 'p95', width: '80px', isNumber: true, cell: (row) => duration(row.p95) },
          { title: 'Max', width: '84px', isNumber: true, leaveOut: 1, cell: (row) => duration(row.max) },
          {
            title: 'Durations',
            width: '124px',
            leaveOut: 1,
            cell: (row) => (
              <Histogram
                label={`Durations of ${row.name}`}
                buckets={bucketsOf(data?.buckets ?? [], row.histogram)}
                isSmall
              />
            ),
          },
          { title: 'Last', width: '96px', leaveOut: 1, cell: ({ last }) => ago(last) },
          { title: 'Code', width: '16%', leaveOut: 1, cell: ({ methods }) => <MethodLinks of={methods} /> },
        ]}
        empty={
          <Empty title="No traces yet">
            <p>
              <code>@Trace()</code> on a method measures it; in NestJS every request is measured.
            </p>
          </Empty>
        }
      />
    </Card>
  );
}

function OneTrace({ of, query }: { of: string; query: PanelProps['query'] }) {
  const { data, error } = useApi<Latency>(pathOf('latency', { of: 'traces', window: currentWindow() }));
  const found = data?.names.find(({ id, label }) => label === of || id === of);
  return (
    <>
      <p class="back">
        <a href="#traces">← All traces</a>
      </p>
      <h2 class="panel-title">{of}</h2>
      <Trouble error={error} />
      <div class="columns is-wide">
        <Card title="Over time" aside={<WindowPicker />}>
          {data !== undefined && found === undefined && <p class="faint">None in this window.</p>}
          {data !== undefined && found !== undefined && (
            <>
              <Chart
                label={`Duration of ${of} over time`}
                times={data.at}
                series={[
                  { label: 'p95', values: found.series.map((slot) => slot?.p95 ?? null), color: 'warning' },
                  { label: 'p50', values: found.series.map((slot) => slot?.p50 ?? null), color: 'bar' },
                ]}
                format={duration}
              />
              <p class="faint">
                {number(found.count)} in this window: p50 {duration(found.p50)}, p95 {duration(found.p95)}, longest{' '}
                {duration(found.max)}.
              </p>
            </>
          )}
        </Card>
        <NumberHistogram
          about={{ of: 'traces', name: of }}
          fields={['duration', 'response_code']}
          chosen={query['field']}
          window={currentWindow()}
        />
      </div>
    </>
  );
}

const FILTERS = ['device', 'app', 'request', 'method', 'unit', 'type'] as const;

function Rows({ query, of }: { query: PanelProps['query']; of: string | undefined }) {
  const filters = { ...Object.fromEntries(FILTERS.map((name) => [name, query[name]])), name: of };
  const list = useList('traces', filters);
  return (
    <section class="card is-full">
      <header class="card-head">
        <h3>Latest</h3>
        <ActiveFilters names={FILTERS} />
        <ExportLinks list="traces" query={filters} />
      </header>
      <Trouble error={list.error} />
      <Table
        caption="Latest traces"
        name="measurement"
        {...list}
        keyOf={({ id }) => id}
        onOpen={({ id }) => openDrawer('trace', id)}
        onMore={list.more}
        onFollow={list.follow}
        columns={[
          { title: 'Time', width: '92px', cell: ({ timestamp }) => <When at={timestamp} /> },
          { title: 'Trace', cell: ({ name }) => name },
          { title: 'Took', width: '84px', isNumber: true, cell: (row) => duration(row.duration) },
          {
            title: 'Code',
            width: '66px',
            isNumber: true,
            cell: ({ response_code: code }) =>
              code === null ? '' : code >= 400 ? <span class="is-bad">{code}</span> : code,
          },
          { title: 'Person', width: '20%', leaveOut: 2, cell: ({ device_id: id }) => <DeviceLink id={id} /> },
          {
            title: 'Attributes',
            width: '34%',
            leaveOut: 2,
            cell: ({ attributes, metrics }) => <Chips of={{ ...metrics, ...attributes }} limit={4} />,
          },
        ]}
        empty={<Empty title="No traces" />}
      />
    </section>
  );
}
