import type { ViewName, ViewNames } from '../../src/api/contract/names.js';
import type { Segments } from '../../src/api/contract/numbers.js';
import { pathOf } from '../lib/api.js';
import { ago, duration, number } from '../lib/format.js';
import { go, hrefTo, openDrawer } from '../lib/route.js';
import { useApi } from '../lib/use-api.js';
import { useList } from '../lib/use-list.js';
import { ownSegments } from '../lib/view-segments.js';
import { Badge, Card, Chips, DeviceLink, Empty, Facts, Trouble, When } from '../parts/bits.js';
import { Breakdown } from '../parts/breakdown.js';
import { ExportLinks } from '../parts/export-links.js';
import { ActiveFilters } from '../parts/filter-bar.js';
import { MethodLinks } from '../parts/method-links.js';
import { NumberHistogram } from '../parts/number-histogram.js';
import { Table } from '../parts/table.js';
import { currentWindow, WindowPicker } from '../parts/window-picker.js';
import type { Panel, PanelProps } from './panel.js';

/** Visits and the time spent, by name; or one view. */
export const views: Panel = {
  id: 'views',
  title: 'Views',
  group: 'Collected',
  count: (totals) => totals.views,
  View: ({ item, query }) => (
    <>
      {item === undefined ? <Names /> : <OneView of={item} query={query} />}
      <Visits query={query} of={item} />
    </>
  ),
};

function Names() {
  const { data, error } = useApi<ViewNames>('view-names');
  return (
    <Card title="By name" class="is-half">
      <Trouble error={error} />
      <Table
        caption="Views by name"
        name="view"
        rows={data?.names ?? []}
        total={data?.total ?? 0}
        isLoading={data === undefined}
        keyOf={({ name }) => name}
        onOpen={({ name }) => go(hrefTo('views', name))}
        columns={[
          {
            title: 'View',
            cell: ({ name }) => (
              <a href={hrefTo('views', name)} title={name}>
                {name}
              </a>
            ),
          },
          { title: 'Visits', width: '80px', isNumber: true, cell: (row) => number(row.visits) },
          { title: 'Visitors', width: '88px', isNumber: true, leaveOut: 2, cell: (row) => number(row.visitors) },
          { title: 'Landings', width: '92px', isNumber: true, leaveOut: 1, cell: (row) => number(row.landings) },
          { title: 'Time', width: '96px', isNumber: true, leaveOut: 2, cell: (row) => duration(msOf(row.seconds)) },
          { title: 'p50', width: '84px', isNumber: true, cell: (row) => duration(row.p50) },
          { title: 'p95', width: '84px', isNumber: true, leaveOut: 2, cell: (row) => duration(row.p95) },
          { title: 'Last', width: '96px', leaveOut: 1, cell: ({ last }) => ago(last) },
          { title: 'Code', width: '18%', leaveOut: 1, cell: ({ methods }) => <MethodLinks of={methods} /> },
        ]}
        empty={
          <Empty title="No views yet">
            <p>
              <code>@TrackView('Cart')</code> on a handler makes one; its time counts until the next view of that
              person.
            </p>
          </Empty>
        }
      />
    </Card>
  );
}

function OneView({ of, query }: { of: string; query: PanelProps['query'] }) {
  const { data } = useApi<ViewNames>('view-names');
  const { data: found } = useApi<Segments>(pathOf('segments', { of: 'views', name: of }));
  const row = data?.names.find(({ name }) => name === of);
  return (
    <>
      <p class="back">
        <a href="#views">← All views</a>
      </p>
      <h2 class="panel-title">{of}</h2>
      <div class="columns is-wide">
        <Card title="In all" aside={<WindowPicker />}>
          {row === undefined ? <p class="faint">Nobody has seen it yet.</p> : <InAll row={row} />}
        </Card>
        <Breakdown
          about={{ of: 'views', name: of }}
          segments={found?.segments ?? []}
          chosen={query['segment']}
          window={currentWindow()}
        />
        <NumberHistogram
          about={{ of: 'views', name: of }}
          fields={['duration']}
          chosen={undefined}
          window={currentWindow()}
        />
      </div>
    </>
  );
}

function InAll({ row }: { row: ViewName }) {
  return (
    <Facts
      of={[
        ['Visits', number(row.visits)],
        ['Visitors', number(row.visitors)],
        ['Landings', number(row.landings)],
        ['Time', duration(msOf(row.seconds))],
        ['p50 / p95', row.p50 === null ? null : `${duration(row.p50)} / ${duration(row.p95)}`],
        ['Last', ago(row.last)],
        ['Made by', row.methods.length > 0 && <MethodLinks of={row.methods} />],
      ]}
    />
  );
}

const FILTERS = ['device', 'app', 'request', 'method', 'unit'] as const;

function Visits({ query, of }: { query: PanelProps['query']; of: string | undefined }) {
  const filters = { ...Object.fromEntries(FILTERS.map((name) => [name, query[name]])), name: of };
  const list = useList('views', filters);
  return (
    <section class="card is-full">
      <header class="card-head">
        <h3>Visits</h3>
        <ActiveFilters names={FILTERS} />
        <ExportLinks list="views" query={filters} />
      </header>
      <Table
        caption="Visits"
        name="visit"
        {...list}
        keyOf={({ id }) => id}
        onOpen={({ id }) => openDrawer('view', id)}
        onMore={list.more}
        onFollow={list.follow}
        columns={[
          { title: 'Time', width: '92px', cell: ({ timestamp }) => <When at={timestamp} /> },
          { title: 'View', cell: ({ name }) => name },
          { title: 'Person', width: '20%', cell: ({ device_id: id }) => <DeviceLink id={id} /> },
          {
            title: 'Stayed',
            width: '90px',
            isNumber: true,
            cell: (row) => (row.ended || row.duration ? duration(msOf(row.duration)) : 'is there'),
          },
          {
            title: 'Kind',
            width: '108px',
            leaveOut: 2,
            cell: (row) =>
              row.visit ? (
                row.landing && <Badge kind="view">landing</Badge>
              ) : (
                <Badge kind="ignored">seconds only</Badge>
              ),
          },
          {
            title: 'Segments',
            width: '28%',
            leaveOut: 2,
            cell: ({ segmentation }) => <Chips of={ownSegments(segmentation)} limit={4} />,
          },
        ]}
        empty={<Empty title="No visits" />}
      />
    </section>
  );
}

function msOf(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000;
}
