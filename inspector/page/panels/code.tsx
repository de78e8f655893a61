import type { Code as Answer, CodeMethod } from '../../src/api/contract/code.js';
import { duration, number } from '../lib/format.js';
import { go, hrefTo } from '../lib/route.js';
import { useApi } from '../lib/use-api.js';
import { Empty, Trouble } from '../parts/bits.js';
import { Calls, lastOf } from '../parts/calls.js';
import { Code } from '../parts/code.js';
import { Decorators } from '../parts/decorators.js';
import { TextFilter } from '../parts/filter-bar.js';
import { EditorChoice, SourceLink } from '../parts/source-link.js';
import { Table } from '../parts/table.js';
import { Choices } from '../parts/window-picker.js';
import { OneMethod } from './one-method.js';
import type { Panel, PanelProps } from './panel.js';

/** Every woven method, also those that never fired; or one of them. */
export const code: Panel = {
  id: 'code',
  title: 'Code',
  group: 'Now',
  View: ({ item, query }) => (item === undefined ? <Methods query={query} /> : <OneMethod id={item} />),
};

const SHOWN = [
  ['all', 'All'],
  ['silent', 'Never fired'],
  ['failing', 'Failing'],
] as const;

function Methods({ query }: Pick<PanelProps, 'query'>) {
  const { data, error } = useApi<Answer>('code');
  if (data === undefined) return <Trouble error={error} />;
  if (!data.offered) return <NotOffered />;
  const shown = SHOWN.find(([id]) => id === query['show'])?.[0] ?? 'all';
  const words = (query['q'] ?? '').toLowerCase();
  const methods = data.methods.filter((method) => isShown(method, shown) && textOf(method).includes(words));
  return (
    <section class="card is-full">
      <header class="card-head">
        <h3>
          Woven methods{' '}
          <span class="faint" data-testid="never-fired" data-value={data.neverFired}>
            {number(data.neverFired)} of {number(data.total)} never fired
          </span>
        </h3>
        <Choices label="Which" name="show" choices={SHOWN} current={shown} fallback="all" />
        <TextFilter name="q" label="Class, method, key or file" />
        <EditorChoice />
      </header>
      <Trouble error={error} />
      <Table
        caption="Woven methods"
        name="method"
        rows={methods}
        total={data.total}
        keyOf={({ id }) => id}
        onOpen={({ id }) => go(hrefTo('code', String(id)))}
        columns={[
          {
            title: 'Method',
            cell: (row) => (
              <a class="code-name" href={hrefTo('code', String(row.id))}>
                {row.label}
              </a>
            ),
          },
          { title: 'Decorators', width: '30%', leaveOut: 2, cell: (row) => <Decorators of={row} /> },
          {
            title: 'Calls',
            width: '76px',
            isNumber: true,
            cell: (row) => <Calls of={row} none="never" earlier="earlier" />,
          },
          {
            title: 'Failed',
            width: '76px',
            isNumber: true,
            cell: ({ failures }) => (failures > 0 ? <span class="is-bad">{number(failures)}</span> : '0'),
          },
          { title: 'p50', width: '80px', isNumber: true, leaveOut: 1, cell: (row) => duration(row.p50) },
          { title: 'p95', width: '80px', isNumber: true, leaveOut: 2, cell: (row) => duration(row.p95) },
          { title: 'Last', width: '92px', leaveOut: 1, cell: (row) => lastOf(row) ?? '–' },
          { title: 'Source', width: '15%', leaveOut: 1, cell: (row) => <SourceLink of={row} /> },
        ]}
        empty={<Empty title="No such method" />}
      />
    </section>
  );
}

function isShown(method: CodeMethod, shown: (typeof SHOWN)[number][0]): boolean {
  if (shown === 'silent') return !method.fired;
  return shown === 'all' || method.failures > 0;
}

function textOf({ label, file, decorators }: CodeMethod): string {
  return [label, file ?? '', ...decorators.map(({ decorator, key }) => `${decorator} ${key ?? ''}`)]
    .join(' ')
    .toLowerCase();
}

function NotOffered() {
  return (
    <Empty title="No client has told its methods yet">
      <p>
        A countly-weave client that talks to this inspector tells which methods are woven, where they stand, how often
        they ran, and which of them never did. Decorate one:
      </p>
      <Code
        label="A woven method"
        text={
          "class Checkout {\n  @TimedEvent('checkout')\n  @ReportErrors()\n  async pay(order: Order): Promise<Receipt> {}\n}"
        }
      />
      <p class="faint">Other SDKs, and clients that reach this address through a proxy, tell nothing.</p>
    </Empty>
  );
}
