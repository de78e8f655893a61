import { duration } from '../lib/format.js';
import { openDrawer } from '../lib/route.js';
import { useList } from '../lib/use-list.js';
import { Badge, Chips, DeviceLink, Empty, Trouble, When } from '../parts/bits.js';
import { ExportLinks } from '../parts/export-links.js';
import { ActiveFilters } from '../parts/filter-bar.js';
import { Table } from '../parts/table.js';
import type { Panel, PanelProps } from './panel.js';

/** Sessions as a server counts them. */
export const sessions: Panel = {
  id: 'sessions',
  title: 'Sessions',
  group: 'Collected',
  count: (totals) => totals.sessions,
  View: Sessions,
};

const FILTERS = ['device', 'app', 'request', 'method', 'unit'] as const;

function Sessions({ query, summary }: PanelProps) {
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query[name]]));
  const list = useList('sessions', filters);
  return (
    <section class="card is-full">
      <header class="card-head">
        <h3>
          Sessions <span class="faint">{summary === undefined ? '' : `${summary.totals.open_sessions} running`}</span>
        </h3>
        <ActiveFilters names={FILTERS} />
        <ExportLinks list="sessions" query={filters} />
      </header>
      <Trouble error={list.error} />
      <Table
        caption="Sessions"
        name="session"
        {...list}
        keyOf={({ id }) => id}
        onOpen={({ id }) => openDrawer('session', id)}
        onMore={list.more}
        onFollow={list.follow}
        columns={[
          { title: 'Began', width: '92px', cell: ({ started_at: at }) => <When at={at} /> },
          { title: 'Person', cell: ({ device_id: id }) => <DeviceLink id={id} /> },
          { title: 'Lasted', width: '72px', isNumber: true, cell: (row) => duration(row.duration * 1000) },
          {
            title: 'Ended by',
            width: '130px',
            leaveOut: 2,
            cell: (row) => (row.ended_at === null ? <Badge kind="stored">running</Badge> : (row.ended_by ?? '–')),
          },
          {
            title: 'Place',
            width: '16%',
            leaveOut: 2,
            cell: (row) => [row.city, row.country].filter(Boolean).join(', ') || '–',
          },
          { title: 'Metrics', width: '30%', leaveOut: 2, cell: ({ metrics }) => <Chips of={metrics} limit={4} /> },
        ]}
        empty={
          <Empty title="No sessions yet">
            <p>
              A session begins with <code>begin_session=1</code>. Countly counts people by sessions: without any, its
              dashboards stay empty. In NestJS the module begins them by itself.
            </p>
          </Empty>
        }
      />
    </section>
  );
}
