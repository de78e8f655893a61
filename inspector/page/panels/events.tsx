import type { EventKeys } from '../../src/api/contract/names.js';
import { ago, compact, decimal, duration, number } from '../lib/format.js';
import { go, hrefTo } from '../lib/route.js';
import { useApi } from '../lib/use-api.js';
import { Card, Empty, Trouble } from '../parts/bits.js';
import { bucketsOf, Histogram } from '../parts/histogram.js';
import { MethodLinks } from '../parts/method-links.js';
import { Table } from '../parts/table.js';
import { EventRows } from './event-rows.js';
import { OneEvent } from './one-event.js';
import type { Panel, PanelProps } from './panel.js';

/** What was counted for each key, and the events themselves; or one key in all its parts. */
export const events: Panel = {
  id: 'events',
  title: 'Events',
  group: 'Collected',
  count: (totals) => totals.events,
  View: ({ item, query }) => (item === undefined ? <AllEvents query={query} /> : <OneEvent of={item} query={query} />),
};

function AllEvents({ query }: Pick<PanelProps, 'query'>) {
  return (
    <>
      <Keys />
      <EventRows query={query} title="Latest" />
    </>
  );
}

function Keys() {
  const { data, error } = useApi<EventKeys>('keys');
  const keys = data?.keys ?? [];
  return (
    <Card title="By key" class="is-half">
      <Trouble error={error} />
      <Table
        caption="Events by key"
        name="key"
        rows={keys}
        total={data?.total ?? 0}
        isLoading={data === undefined}
        keyOf={({ key }) => key}
        onOpen={({ key }) => go(hrefTo('events', key))}
        columns={[
          {
            title: 'Key',
            cell: ({ key }) => (
              <a href={hrefTo('events', key)} title={key}>
                {key}
              </a>
            ),
          },
          { title: 'Events', width: '88px', isNumber: true, cell: (row) => compact(row.events) },
          { title: 'Count', width: '80px', isNumber: true, leaveOut: 2, cell: (row) => compact(row.count) },
          { title: 'Sum', width: '96px', isNumber: true, leaveOut: 2, cell: (row) => decimal(row.sum) },
          { title: 'People', width: '76px', isNumber: true, leaveOut: 1, cell: (row) => number(row.devices) },
          { title: 'p50', width: '80px', isNumber: true, leaveOut: 2, cell: (row) => duration(row.p50) },
          { title: 'p95', width: '80px', isNumber: true, cell: (row) => duration(row.p95) },
          {
            title: 'Durations',
            width: '124px',
            leaveOut: 1,
            cell: (row) => (
              <Histogram
                label={`Durations of ${row.key}`}
                buckets={bucketsOf(data?.buckets ?? [], row.histogram)}
                isSmall
              />
            ),
          },
          { title: 'Last', width: '96px', leaveOut: 1, cell: ({ last }) => ago(last) },
          { title: 'Code', width: '16%', leaveOut: 1, cell: ({ methods }) => <MethodLinks of={methods} /> },
        ]}
        empty={
          <Empty title="No events yet">
            <p>
              <code>@TrackEvent('checkout')</code> on a method, or <code>countly.addEvent('checkout')</code>, makes one.
            </p>
          </Empty>
        }
      />
    </Card>
  );
}
