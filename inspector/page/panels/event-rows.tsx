import { decimal, duration, number } from '../lib/format.js';
import { hrefTo, openDrawer } from '../lib/route.js';
import { useList } from '../lib/use-list.js';
import { Chips, DeviceLink, Empty, Trouble, When } from '../parts/bits.js';
import { ExportLinks } from '../parts/export-links.js';
import { ActiveFilters } from '../parts/filter-bar.js';
import { Table } from '../parts/table.js';

export interface EventRowsProps {
  readonly title: string;
  readonly query: Readonly<Record<string, string>>;
  /** Of one key only. */
  readonly of?: string;
}

const FILTERS = ['device', 'app', 'request', 'method', 'unit'] as const;

/** The events themselves, newest first. Views stand in a panel of their own. */
export function EventRows({ title, query, of }: EventRowsProps) {
  const asked = Object.fromEntries(FILTERS.map((name) => [name, query[name]]));
  const filters = of === undefined ? { ...asked, without: '[CLY]_view' } : { ...asked, key: of };
  const list = useList('events', filters);
  return (
    <section class="card is-full">
      <header class="card-head">
        <h3>{title}</h3>
        <ActiveFilters names={FILTERS} />
        <ExportLinks list="events" query={filters} />
      </header>
      <Trouble error={list.error} />
      <Table
        caption={title}
        name="event"
        {...list}
        keyOf={({ id }) => id}
        onOpen={({ id }) => openDrawer('event', id)}
        onMore={list.more}
        onFollow={list.follow}
        columns={[
          { title: 'Time', width: '92px', cell: ({ timestamp }) => <When at={timestamp} /> },
          {
            title: 'Key',
            cell: ({ key }) => (
              <a href={hrefTo('events', key)} title={key}>
                {key}
              </a>
            ),
          },
          { title: 'Person', width: '20%', cell: ({ device_id: id }) => <DeviceLink id={id} /> },
          { title: 'Count', width: '66px', isNumber: true, leaveOut: 1, cell: ({ count }) => number(count) },
          { title: 'Sum', width: '84px', isNumber: true, leaveOut: 2, cell: ({ sum }) => decimal(sum) },
          {
            title: 'Took',
            width: '80px',
            isNumber: true,
            leaveOut: 2,
            cell: ({ dur }) => duration(dur === null ? null : dur * 1000),
          },
          {
            title: 'Segments',
            width: '32%',
            leaveOut: 2,
            cell: ({ segmentation }) => <Chips of={segmentation} limit={5} />,
          },
        ]}
        empty={
          <Empty title="No events">
            <p>What is sent appears here at once.</p>
          </Empty>
        }
      />
    </section>
  );
}
