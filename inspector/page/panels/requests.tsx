import { bytes, duration, number } from '../lib/format.js';
import { openDrawer, opened } from '../lib/route.js';
import { useList } from '../lib/use-list.js';
import { Badge, Empty, Meter, Trouble, When } from '../parts/bits.js';
import { ExportLinks } from '../parts/export-links.js';
import { ActiveFilters, SelectFilter } from '../parts/filter-bar.js';
import { Table } from '../parts/table.js';
import type { Panel, PanelProps } from './panel.js';

/** Every HTTP request, as a browser's network panel shows them. */
export const requests: Panel = {
  id: 'requests',
  title: 'Requests',
  group: 'Check',
  count: (totals) => totals.requests,
  isBad: (totals) => totals.rejected > 0,
  View: Requests,
};

const OUTCOMES = ['stored', 'partial', 'ignored', 'rejected', 'answered', 'fault'] as const;
const ENDPOINTS = ['i', 'bulk', 'fetch', 'feedback', 'ping', 'content', 'other'] as const;
const FILTERS = ['outcome', 'endpoint', 'app', 'fault', 'status'] as const;

function Requests({ query }: PanelProps) {
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query[name]]));
  const list = useList('requests', filters);
  const longest = Math.max(1, ...list.rows.slice(0, 200).map(({ duration_ms: ms }) => ms));
  return (
    <section class="card is-full">
      <header class="card-head">
        <h3>Requests</h3>
        <SelectFilter
          name="outcome"
          label="Outcome"
          options={[['', 'Any outcome'], ...OUTCOMES.map((name) => [name, name] as const)]}
        />
        <SelectFilter
          name="endpoint"
          label="Endpoint"
          options={[['', 'Any endpoint'], ...ENDPOINTS.map((name) => [name, name] as const)]}
        />
        <ActiveFilters names={['app', 'fault', 'status']} />
        <ExportLinks list="requests" query={filters} />
      </header>
      <Trouble error={list.error} />
      <Table
        caption="Requests"
        name="request"
        {...list}
        keyOf={({ id }) => id}
        isMarked={({ id }) => opened.value === `request/${id}`}
        onOpen={({ id }) => openDrawer('request', id)}
        onMore={list.more}
        onFollow={list.follow}
        columns={[
          {
            title: 'Request',
            width: '84px',
            cell: ({ id }) => (
              <button type="button" class="link" onClick={() => openDrawer('request', id)}>
                #{id}
              </button>
            ),
          },
          { title: 'Time', width: '92px', cell: ({ received_at: at }) => <When at={at} /> },
          { title: 'Path', cell: ({ method, path }) => <code>{`${method} ${path}`}</code> },
          {
            title: 'Status',
            width: '72px',
            isNumber: true,
            cell: ({ status }) =>
              status !== null && status < 400 ? status : <span class="is-bad">{status ?? 'none'}</span>,
          },
          {
            title: 'Outcome',
            width: '112px',
            leaveOut: 2,
            cell: ({ outcome, fault }) => <Badge kind={outcome}>{fault ?? outcome}</Badge>,
          },
          { title: 'Entries', width: '80px', isNumber: true, leaveOut: 2, cell: (row) => number(row.entry_count) },
          { title: 'Events', width: '80px', isNumber: true, leaveOut: 1, cell: (row) => number(row.event_count) },
          { title: 'Size', width: '84px', isNumber: true, leaveOut: 2, cell: (row) => bytes(row.body_bytes) },
          { title: 'Took', width: '80px', isNumber: true, leaveOut: 2, cell: (row) => duration(row.duration_ms) },
          { title: 'Share', width: '120px', leaveOut: 1, cell: (row) => <Meter share={row.duration_ms / longest} /> },
        ]}
        empty={
          Object.values(filters).some(Boolean) ? (
            <Empty title="No such requests" />
          ) : (
            <Empty title="No requests yet">
              <p>Each one is kept with its body, its answer and what became of its entries.</p>
            </Empty>
          )
        }
      />
    </section>
  );
}
