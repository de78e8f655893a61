import { useEffect, useState } from 'preact/hooks';
import type { Search as Answer, SearchHit } from '../../src/api/contract/search.js';
import { get, pathOf } from '../lib/api.js';
import { number } from '../lib/format.js';
import { go, hrefTo, openDrawer } from '../lib/route.js';
import { useApi } from '../lib/use-api.js';
import { Badge, DeviceLink, Empty, Trouble, When } from '../parts/bits.js';
import { Table } from '../parts/table.js';
import { Choices } from '../parts/window-picker.js';
import type { Panel, PanelProps } from './panel.js';

/** Everything that holds the words that were asked for. */
export const search: Panel = { id: 'search', title: 'Search', group: '', View: SearchPanel };

const KINDS = [
  ['all', 'All'],
  ['event', 'Events'],
  ['view', 'Views'],
  ['error', 'Errors'],
  ['trace', 'Traces'],
  ['device', 'People'],
  ['problem', 'Problems'],
  ['request', 'Requests'],
] as const;

const PAGE = 60;

function SearchPanel({ query }: PanelProps) {
  const words = query['q'] ?? '';
  const kind = KINDS.find(([id]) => id === query['kind'])?.[0] ?? 'all';
  const about = { q: words, kind: kind === 'all' ? undefined : kind };
  const { data, error } = useApi<Answer>(words === '' ? undefined : pathOf('search', { ...about, limit: PAGE }));
  const { rows, more } = usePages(data, about);
  if (words === '') {
    return (
      <Empty title="Search everything">
        <p>
          Press <kbd>/</kbd> and type: device ids, event keys, names of views and traces, segments and their values,
          texts of stacks and breadcrumbs. Several words all have to be there.
        </p>
      </Empty>
    );
  }
  return (
    <section class="card is-full">
      <header class="card-head">
        <h3>
          {data === undefined ? 'Searching' : `${number(data.total)} found`} for “{words}”
        </h3>
        <Choices label="Kind" name="kind" choices={KINDS} current={kind} fallback="all" />
      </header>
      <Trouble error={error} />
      {data?.complete === false && <p class="faint">What came last is still being prepared for the search.</p>}
      <Table
        caption="What was found"
        name="hit"
        rows={rows}
        total={data?.total ?? rows.length}
        isLoading={data === undefined}
        keyOf={({ kind: one, id }) => `${one} ${id}`}
        onOpen={open}
        onMore={more}
        columns={[
          {
            title: 'What',
            width: '100px',
            cell: (hit) => (hit.kind === 'device' ? <Badge kind="profile">Person</Badge> : <Badge kind={hit.kind} />),
          },
          {
            title: 'Name',
            cell: (hit) => (
              <button type="button" class="link" onClick={() => open(hit)}>
                {hit.label}
              </button>
            ),
          },
          {
            title: 'Where',
            width: '38%',
            leaveOut: 2,
            cell: ({ excerpt }) => <Excerpt text={excerpt} words={words} />,
          },
          { title: 'Person', width: '18%', leaveOut: 1, cell: ({ device_id: id }) => <DeviceLink id={id} /> },
          { title: 'Time', width: '92px', cell: ({ at }) => <When at={at} /> },
        ]}
        empty={
          <Empty title={`Nothing holds “${words}”`}>
            <p>Words are found from their beginning: “check” finds checkout, “out” does not.</p>
          </Empty>
        }
      />
    </section>
  );
}

function open({ kind, id, device_id: device }: SearchHit): void {
  if (kind === 'device') go(hrefTo('people', device ?? ''));
  else openDrawer(kind, id);
}

/** The words one asked for, marked; all of it as text. */
function Excerpt({ text, words }: { text: string; words: string }) {
  const asked = words.toLowerCase().split(/\s+/).filter(Boolean);
  const pieces = text.split(/([\p{L}\p{N}_]+)/u);
  return (
    <span class="excerpt" title={text}>
      {pieces.map((piece) =>
        asked.some((word) => piece !== '' && piece.toLowerCase().startsWith(word)) ? <mark>{piece}</mark> : piece,
      )}
    </span>
  );
}

interface Pages {
  readonly rows: readonly SearchHit[];
  more(): void;
}

/** The hits so far; what comes anew while one reads is shown with the next search. */
function usePages(first: Answer | undefined, about: Readonly<Record<string, string | undefined>>): Pages {
  const key = pathOf('search', about);
  const [later, setLater] = useState<{ key: string; rows: readonly SearchHit[]; next: string | null } | undefined>();
  const [isBusy, setBusy] = useState(false);
  useEffect(() => setLater(undefined), [key]);
  const rows = [...(first?.hits ?? []), ...(later?.key === key ? later.rows : [])];
  const known = new Set<string>();
  const next = later === undefined ? first?.next : later.next;
  return {
    rows: rows.filter(({ kind, id }) => !known.has(`${kind} ${id}`) && known.add(`${kind} ${id}`)),
    more() {
      if (isBusy || next === null || next === undefined) return;
      setBusy(true);
      void get<Answer>(pathOf('search', { ...about, limit: PAGE * 4, cursor: next }))
        .then(
          (answer) =>
            answer !== undefined &&
            setLater({ key, rows: [...(later?.rows ?? []), ...answer.hits], next: answer.next }),
        )
        .catch(() => undefined)
        .finally(() => setBusy(false));
    },
  };
}
