import { ago, number } from '../lib/format.js';
import { go, hrefTo } from '../lib/route.js';
import { useList } from '../lib/use-list.js';
import { Badge, DeviceLink, Empty, Trouble } from '../parts/bits.js';
import { ExportLinks } from '../parts/export-links.js';
import { TextFilter } from '../parts/filter-bar.js';
import { Table } from '../parts/table.js';
import type { Panel, PanelProps } from './panel.js';
import { Person } from './person.js';

/** All people by device id, or one with everything they did. */
export const people: Panel = {
  id: 'people',
  title: 'People',
  group: 'Collected',
  countName: 'devices',
  count: ({ devices }) => devices,
  View: ({ item, query }) => (item === undefined ? <PeopleList query={query} /> : <Person id={item} query={query} />),
};

function PeopleList({ query }: Pick<PanelProps, 'query'>) {
  const filters = { q: query['q'], app: query['app'] };
  const list = useList('devices', filters);
  return (
    <section class="card is-full">
      <header class="card-head">
        <h3>People</h3>
        <TextFilter name="q" label="Device id, name or mail" />
        <ExportLinks list="devices" query={filters} />
      </header>
      <Trouble error={list.error} />
      <Table
        caption="People"
        name="device"
        {...list}
        keyOf={({ id }) => id}
        onOpen={({ device_id: id }) => go(hrefTo('people', id))}
        onMore={list.more}
        onFollow={list.follow}
        columns={[
          { title: 'Device id', cell: ({ device_id: id }) => <DeviceLink id={id} /> },
          { title: 'Last seen', width: '110px', cell: ({ last_seen: at }) => ago(at) },
          { title: 'Events', width: '84px', isNumber: true, cell: (row) => number(row.event_count) },
          { title: 'Views', width: '76px', isNumber: true, leaveOut: 2, cell: (row) => number(row.view_count) },
          { title: 'Sessions', width: '88px', isNumber: true, leaveOut: 2, cell: (row) => number(row.session_count) },
          { title: 'Errors', width: '76px', isNumber: true, leaveOut: 2, cell: (row) => number(row.crash_count) },
          { title: 'Traces', width: '76px', isNumber: true, leaveOut: 1, cell: (row) => number(row.trace_count) },
          {
            title: 'SDK',
            width: '17%',
            leaveOut: 1,
            cell: (row) => (row.sdk_name === null ? '–' : `${row.sdk_name} ${row.sdk_version ?? ''}`),
          },
          {
            title: 'Counted',
            width: '120px',
            leaveOut: 1,
            cell: ({ counted }) => (counted ? 'yes' : <Badge kind="ignored">settings only</Badge>),
          },
        ]}
        empty={
          query['q'] === undefined ? (
            <Empty title="Nobody yet">
              <p>Every device id that sends something gets a row here, and a timeline.</p>
            </Empty>
          ) : (
            <Empty title={`Nobody matches "${query['q']}"`} />
          )
        }
      />
    </section>
  );
}
