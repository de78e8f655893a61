import type { RequestDetail } from '../../src/api/contract/lists.js';
import { pathOf } from '../lib/api.js';
import { decimal, duration, number, value } from '../lib/format.js';
import { hrefWith } from '../lib/route.js';
import { useApi } from '../lib/use-api.js';
import { Badge, DeviceLink, Empty, type Fact, Facts, Level, Trouble, When } from '../parts/bits.js';
import { Code } from '../parts/code.js';
import { CopyButton } from '../parts/copy-button.js';
import { MethodLink } from '../parts/method-links.js';
import { Stack } from '../parts/stack.js';
import { RECORD_KINDS, type Row } from './record-kinds.js';
import { RequestParts } from './request-view.js';

/** Texts of many lines get a place of their own. */
const LONG = ['error', 'logs'];
const NESTED = ['segmentation', 'custom', 'metrics', 'attributes', 'extra', 'details'];
/** Told in another way. */
const LEFT_OUT = new Set([
  'id',
  'device_id',
  'request_id',
  'entry_id',
  'method',
  'unit',
  'timestamp',
  'at',
  'started_at',
  'crash',
  'place',
  'key',
  'name',
  'group_hash',
  ...LONG,
  ...NESTED,
]);

/** One event, view, error, trace, session, change of a person or finding, and the request that brought it. */
export function RecordView({ kind, id }: { kind: string; id: number }) {
  const known = RECORD_KINDS[kind];
  // A list asked for what comes before the next row answers with this one first.
  const path = known === undefined ? undefined : pathOf(known.list, { before: id + 1, limit: 1 });
  const { data, error } = useApi<Record<string, readonly Row[]>>(path);
  const row = known === undefined ? undefined : data?.[known.list]?.find((candidate) => candidate.id === id);
  const { data: request } = useApi<RequestDetail>(
    row === undefined ? undefined : `requests/${Number(row['request_id'])}`,
  );
  if (known === undefined || (data !== undefined && row === undefined)) {
    return <Empty title="This is not here">It may have been cleared.</Empty>;
  }
  if (row === undefined) return <Trouble error={error} />;
  return (
    <>
      <header class="drawer-head">
        {kind === 'problem' ? <Level code={String(row['level'])} /> : <Badge kind={kind} />}
        <h2>
          <a href={known.href(row)}>{known.title(row)}</a>
        </h2>
      </header>
      <div class="drawer-actions">
        <CopyButton label="Copy JSON" text={() => JSON.stringify(row, null, 2)} />
        {known.expectation !== undefined && (
          <CopyButton label="Copy as expectation" text={() => known.expectation?.(row) ?? ''} />
        )}
      </div>
      <Facts of={factsOf(row)} />
      {LONG.map(
        (name) => typeof row[name] === 'string' && row[name] !== '' && <Long key={name} name={name} text={row[name]} />,
      )}
      {NESTED.map((name) => isFilled(row[name]) && <Nested key={name} name={name} of={row[name]} />)}
      {known.expectation !== undefined && (
        <section>
          <h3>In a test</h3>
          <Code label="Test expectation" text={known.expectation(row)} canCopy={false} />
        </section>
      )}
      {isFilled(row['crash']) && (
        <details class="drawer-more">
          <summary>Everything the report says</summary>
          <Nested name="crash" of={row['crash']} />
        </details>
      )}
      {request !== undefined && (
        <details class="drawer-more">
          <summary>The request that brought it, #{request.request.id}</summary>
          <RequestParts detail={request} />
        </details>
      )}
    </>
  );
}

function factsOf(row: Row): Fact[] {
  const at = Number(row['timestamp'] ?? row['at'] ?? row['started_at']);
  const rest = Object.entries(row).filter(([name, any]) => !LEFT_OUT.has(name) && any !== null && any !== '');
  const method = row['method'];
  const unit = row['unit'];
  return [
    ['Time', <When at={at} />],
    ['Person', row['device_id'] ? <DeviceLink id={row['device_id']} /> : null],
    ['Request', <a href={hrefWith({ open: `request/${row['request_id']}` })}>#{String(row['request_id'])}</a>],
    ['Made by', typeof method === 'number' ? <MethodLink id={method} /> : null],
    [
      'Host request',
      typeof unit === 'string' ? <a href={hrefWith({ open: `unit/${unit}` })}>all it recorded</a> : null,
    ],
    ...rest.map(([name, any]): Fact => [nameOf(name), shown(name, any)]),
  ];
}

/** Columns whose own name says little. */
const NAMES: Readonly<Record<string, string>> = {
  dow: 'Day of the week',
  tz: 'Time zone, minutes',
  cvid: 'Current view',
  pvid: 'View before',
  peid: 'Event before',
  dur: 'Took',
  os: 'System',
};

function nameOf(column: string): string {
  if (NAMES[column] !== undefined) return NAMES[column];
  return column.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase());
}

function shown(name: string, any: unknown): string {
  if (typeof any === 'boolean') return any ? 'yes' : 'no';
  if (typeof any !== 'number') return value(any);
  if (name === 'dur') return duration(any * 1000);
  if (name === 'duration') return decimal(any);
  return name.endsWith('tz') || name.endsWith('_at') ? String(any) : number(any);
}

function isFilled(any: unknown): boolean {
  return typeof any === 'object' && any !== null && Object.keys(any).length > 0;
}

function Nested({ name, of }: { name: string; of: unknown }) {
  const pairs = Object.entries(of as Readonly<Record<string, unknown>>);
  return (
    <section>
      <h3>{nameOf(name)}</h3>
      <dl class="pairs">
        {pairs.slice(0, 200).map(([key, any]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd class={`is-${typeof any}`}>{value(any).slice(0, 2000)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Long({ name, text }: { name: string; text: string }) {
  return (
    <section>
      <h3>{name === 'logs' ? 'Breadcrumbs' : 'Stack'}</h3>
      {name === 'logs' ? <Code label="Breadcrumbs" text={text} /> : <Stack text={text} />}
    </section>
  );
}
