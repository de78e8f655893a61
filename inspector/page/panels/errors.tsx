import type { ErrorGroup, ErrorGroups } from '../../src/api/contract/names.js';
import { ago, number, plural } from '../lib/format.js';
import { hrefTo, openDrawer } from '../lib/route.js';
import { useApi } from '../lib/use-api.js';
import { useList } from '../lib/use-list.js';
import { Badge, Chips, DeviceLink, Empty, Trouble, When } from '../parts/bits.js';
import { ExportLinks } from '../parts/export-links.js';
import { MethodLinks } from '../parts/method-links.js';
import { Stack } from '../parts/stack.js';
import { Table } from '../parts/table.js';
import type { Panel, PanelProps } from './panel.js';

/** So few are read at once, without a click. */
const MOST_OPEN = 2;

/** Equal errors as one, each with its stack and what led there; or one of them with its reports. */
export const errors: Panel = {
  id: 'errors',
  title: 'Errors',
  group: 'Collected',
  count: (totals) => totals.errors,
  View: Errors,
};

function Errors({ item }: PanelProps) {
  const { data, error } = useApi<ErrorGroups>('error-groups');
  const groups = (data?.groups ?? []).filter(({ group_hash: hash }) => item === undefined || hash === item);
  return (
    <>
      {item !== undefined && (
        <p class="back">
          <a href="#errors">← All errors</a>
        </p>
      )}
      <Trouble error={error} />
      {data !== undefined && groups.length === 0 && (
        <Empty title="No errors reported">
          <p>
            <code>@ReportErrors()</code> on a method reports what it throws, with the breadcrumbs that led there.
          </p>
        </Empty>
      )}
      {groups.map((group) => (
        <Group key={group.group_hash} group={group} isOpen={groups.length <= MOST_OPEN} />
      ))}
      {item === undefined && data !== undefined && groups.length > 0 && (
        <p class="faint count" data-testid="error-row-count">
          {number(groups.length)} of {number(data.total)}
        </p>
      )}
      {item !== undefined && <Reports group={item} />}
    </>
  );
}

function Group({ group, isOpen }: { group: ErrorGroup; isOpen: boolean }) {
  return (
    <article class="card error-group" data-testid="error-row">
      <details open={isOpen}>
        <summary>
          <Badge kind={group.nonfatal ? 'handled' : 'fatal'}>{group.nonfatal ? 'handled' : 'fatal'}</Badge>
          <strong class="line-text">{group.name}</strong>
          <span class="faint">
            {plural(group.reports, 'report')} · {plural(group.devices, 'person', 'people')} · {ago(group.last)}
          </span>
        </summary>
        <div class="error-body">
          <p class="error-about">
            <a href={hrefTo('errors', group.group_hash)}>all reports</a>
            <button type="button" class="link" onClick={() => openDrawer('error', group.id)}>
              the newest
            </button>
            <span>
              first <When at={group.first} />
            </span>
            <span>
              last of <DeviceLink id={group.device_id} />
            </span>
            {group.app_version !== null && <span>app {group.app_version}</span>}
            {group.os !== null && <span>{group.os}</span>}
            {group.methods.length > 0 && (
              <span>
                from <MethodLinks of={group.methods} />
              </span>
            )}
          </p>
          <Chips of={group.custom} limit={12} />
          <h3>Stack</h3>
          <Stack text={group.error} />
          {group.logs && (
            <>
              <h3>What led there</h3>
              <Breadcrumbs text={group.logs} />
            </>
          )}
        </div>
      </details>
    </article>
  );
}

const MOST_BREADCRUMBS = 200;

function Breadcrumbs({ text }: { text: string }) {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return (
    <ol class="breadcrumbs">
      {lines.slice(-MOST_BREADCRUMBS).map((line, index) => (
        <li key={index}>{line.slice(0, 1000)}</li>
      ))}
    </ol>
  );
}

function Reports({ group }: { group: string }) {
  const list = useList('errors', { group });
  return (
    <section class="card is-full">
      <header class="card-head">
        <h3>Reports</h3>
        <ExportLinks list="errors" query={{ group }} />
      </header>
      <Table
        caption="Reports"
        name="report"
        {...list}
        keyOf={({ id }) => id}
        onOpen={({ id }) => openDrawer('error', id)}
        onMore={list.more}
        onFollow={list.follow}
        columns={[
          { title: 'Time', width: '92px', cell: ({ timestamp }) => <When at={timestamp} /> },
          { title: 'Person', width: '30%', cell: ({ device_id: id }) => <DeviceLink id={id} /> },
          { title: 'Error', cell: ({ name }) => name },
          { title: 'App', width: '90px', leaveOut: 2, cell: ({ app_version: version }) => version ?? '–' },
        ]}
        empty={<Empty title="No reports" />}
      />
    </section>
  );
}
