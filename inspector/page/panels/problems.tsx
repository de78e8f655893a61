import type { ProblemGroup, ProblemGroups } from '../../src/api/contract/names.js';
import { ago, number, plural } from '../lib/format.js';
import { hrefTo, openDrawer } from '../lib/route.js';
import { useApi } from '../lib/use-api.js';
import { useList } from '../lib/use-list.js';
import { DeviceLink, Empty, Level, Trouble, When } from '../parts/bits.js';
import { ExportLinks } from '../parts/export-links.js';
import { Table } from '../parts/table.js';
import type { Panel, PanelProps } from './panel.js';

/** What a server would drop or change silently, by rule; or one rule with its findings. */
export const problems: Panel = {
  id: 'problems',
  title: 'Problems',
  group: 'Check',
  count: (totals) => totals.problems_e + totals.problems_w,
  isBad: (totals) => totals.problems_e > 0,
  View: Problems,
};

function Problems({ item, summary }: PanelProps) {
  const { data, error } = useApi<ProblemGroups>('problem-groups');
  const groups = (data?.groups ?? []).filter(({ row }) => item === undefined || String(row) === item);
  const isRefused = (summary?.totals.rejected ?? 0) > 0;
  return (
    <>
      {item !== undefined && (
        <p class="back">
          <a href="#problems">← All problems</a>
        </p>
      )}
      <Trouble error={error} />
      {data !== undefined && groups.length === 0 && (
        <Empty title={isRefused ? 'Requests were refused: see above' : 'Nothing to complain about'}>
          <p>Every request is checked against what Countly servers drop or change while they answer "Success".</p>
        </Empty>
      )}
      {groups.map((group) => (
        <Group key={group.row} group={group} />
      ))}
      {item !== undefined && <Findings row={item} />}
    </>
  );
}

function Group({ group }: { group: ProblemGroup }) {
  return (
    <article class={`card problem is-${group.level}`} data-testid="problem-row">
      <header class="card-head">
        <Level code={group.level} />
        <h3>
          <a href={hrefTo('problems', String(group.row))}>{group.title}</a>
        </h3>
        <span class="faint">
          × {number(group.occurrences)} · {plural(group.devices, 'person', 'people')} · {ago(group.last)}
        </span>
      </header>
      <p class="problem-message">{group.message}</p>
      <dl class="advice">
        <div>
          <dt>A server</dt>
          <dd>{group.server}</dd>
        </div>
        <div>
          <dt>Instead</dt>
          <dd>{group.remedy}</dd>
        </div>
      </dl>
      <p class="faint">
        Newest: <DeviceLink id={group.device_id} />{' '}
        <button type="button" class="link" onClick={() => openDrawer('request', group.request_id)}>
          request #{group.request_id}
        </button>
      </p>
    </article>
  );
}

function Findings({ row }: { row: string }) {
  const list = useList('problems', { row });
  return (
    <section class="card is-full">
      <header class="card-head">
        <h3>Findings</h3>
        <ExportLinks list="problems" query={{ row }} />
      </header>
      <Table
        caption="Findings"
        name="finding"
        {...list}
        keyOf={({ id }) => id}
        onOpen={({ request_id: id }) => openDrawer('request', id)}
        onMore={list.more}
        onFollow={list.follow}
        columns={[
          { title: 'Time', width: '92px', cell: ({ at }) => <When at={at} /> },
          { title: 'What came', cell: ({ message }) => <span title={message}>{message}</span> },
          { title: 'Person', width: '22%', leaveOut: 2, cell: ({ device_id: id }) => <DeviceLink id={id} /> },
          { title: 'Request', width: '92px', isNumber: true, cell: ({ request_id: id }) => `#${id}` },
        ]}
        empty={<Empty title="No findings" />}
      />
    </section>
  );
}
