import { useEffect, useState } from 'preact/hooks';
import type { ListAnswer } from '../../src/api/contract/lists.js';
import { get } from '../lib/api.js';
import { gaps, isPaused, type LiveRecord, type RecordKind, records } from '../lib/live.js';
import { openDrawer, setQuery } from '../lib/route.js';
import { Badge, Chips, DeviceLink, Empty, Level, When } from '../parts/bits.js';
import { Table } from '../parts/table.js';
import type { Panel, PanelProps } from './panel.js';
import { wordsOf } from './stream-words.js';

/** Everything as it comes. */
export const stream: Panel = { id: 'stream', title: 'Live', group: 'Now', View: Stream };

const KINDS: readonly (readonly [kind: RecordKind, title: string])[] = [
  ['event', 'Events'],
  ['view', 'Views'],
  ['session', 'Sessions'],
  ['crash', 'Errors'],
  ['trace', 'Traces'],
  ['problem', 'Contract'],
  ['consent', 'Consent'],
  ['profile', 'Profiles'],
];
/** What the drawer and the tests call a kind. */
const DRAWER_KINDS: Readonly<Record<string, string>> = { crash: 'error' };

function Stream({ query }: PanelProps) {
  const earlier = useEarlier();
  const [held, hold] = useState<readonly LiveRecord[] | undefined>();
  const hidden = new Set((query['without'] ?? '').split(','));
  const person = query['device'];
  // What the lists told and the stream tells again is shown once.
  const live = held ?? records.value;
  const known = new Set(live.map(identityOf));
  const isShown = ({ kind, data }: LiveRecord): boolean =>
    !hidden.has(kind) &&
    // The view tells the same in a better way.
    !(kind === 'event' && data['key'] === '[CLY]_view') &&
    (person === undefined || data['device_id'] === person);
  const rows = [...live, ...earlier.filter((row) => !known.has(identityOf(row)))].filter(isShown);
  return (
    <section class="card is-full">
      <header class="card-head">
        <h3>Live</h3>
        <Filters hidden={hidden} />
      </header>
      {person !== undefined && (
        <p class="filter-note">
          Only <strong>{person}</strong>{' '}
          <button type="button" class="link" onClick={() => setQuery({ device: undefined })}>
            show everybody
          </button>
        </p>
      )}
      <Table
        caption="Live stream"
        name="stream"
        rows={rows}
        keyOf={({ id }) => id}
        rowName={({ kind }) => `${DRAWER_KINDS[kind] ?? kind}-row`}
        onOpen={open}
        waiting={held === undefined ? 0 : newsSince(held, records.value).filter(isShown).length}
        // Whoever reads further down keeps what is there.
        onFollow={(isFollowing) => hold(isFollowing ? undefined : (held ?? records.value))}
        columns={[
          { title: 'Time', width: '92px', cell: ({ at }) => <When at={at} /> },
          {
            title: 'What',
            width: '104px',
            cell: ({ kind, data }) =>
              kind === 'problem' ? <Level code={String(data['level'])} /> : <Badge kind={kind} />,
          },
          { title: 'Name', cell: (row) => <Words row={row} /> },
          { title: 'Person', width: '22%', leaveOut: 2, cell: ({ data }) => <DeviceLink id={data['device_id']} /> },
        ]}
        empty={
          <Empty title={isPaused.value ? 'Paused' : 'Nothing yet'}>
            <p>Each event, view, error and trace appears here the moment it arrives.</p>
          </Empty>
        }
      />
    </section>
  );
}

function Filters({ hidden }: { hidden: ReadonlySet<string> }) {
  const toggle = (kind: string): void => {
    const next = new Set(hidden);
    if (!next.delete(kind)) next.add(kind);
    next.delete('');
    setQuery({ without: [...next].join(',') || undefined });
  };
  return (
    <fieldset class="filters">
      <legend class="hidden-visually">What is shown</legend>
      {KINDS.map(([kind, title]) => (
        <button
          type="button"
          key={kind}
          class={`toggle kind-${kind}`}
          aria-pressed={!hidden.has(kind)}
          onClick={() => toggle(kind)}
        >
          {title}
        </button>
      ))}
    </fieldset>
  );
}

function Words({ row }: { row: LiveRecord }) {
  const { title, notes, chips } = wordsOf(row);
  return (
    <span class="words">
      <strong>{title}</strong>
      {notes.map((note) => (
        <span class="note" key={note}>
          {note}
        </span>
      ))}
      <Chips of={chips} limit={5} />
    </span>
  );
}

function newsSince(held: readonly LiveRecord[], now: readonly LiveRecord[]): readonly LiveRecord[] {
  const first = now.findIndex(({ id }) => id === held[0]?.id);
  return first < 0 ? now : now.slice(0, first);
}

function open({ kind, data }: LiveRecord): void {
  const id = data['id'];
  if (typeof id === 'number' && kind !== 'consent') openDrawer(DRAWER_KINDS[kind] ?? kind, id);
  else if (typeof data['device_id'] === 'string') location.hash = `#people/${encodeURIComponent(data['device_id'])}`;
}

function identityOf({ id, kind, data }: LiveRecord): string {
  // A session and a view are told again when they go on or end.
  return data['id'] === undefined || kind === 'session' ? id : `${kind}-${String(data['id'])}`;
}

const LISTS = [
  ['event', 'events'],
  ['view', 'views'],
  ['session', 'sessions'],
  ['crash', 'errors'],
  ['trace', 'traces'],
  ['profile', 'profile-changes'],
  ['problem', 'problems'],
] as const;

/** The newest of each list: what came before the page was opened. */
function useEarlier(): readonly LiveRecord[] {
  const [rows, setRows] = useState<readonly LiveRecord[]>([]);
  useEffect(() => {
    void Promise.all(LISTS.map(([kind, list]) => read(kind, list)))
      .then((lists) => setRows(lists.flat().sort((one, other) => other.at - one.at)))
      .catch(() => undefined);
  }, [gaps.value]);
  return rows;
}

async function read<Name extends (typeof LISTS)[number][1]>(kind: RecordKind, list: Name): Promise<LiveRecord[]> {
  const answer = await get<ListAnswer<Name>>(`${list}?limit=60`);
  const rows = (answer?.[list] ?? []) as readonly Readonly<Record<string, unknown>>[];
  return rows.map((data) => {
    const at = Number(data['timestamp'] ?? data['at'] ?? data['started_at']);
    return { id: `${kind}-${String(data['id'])}`, kind, at, data };
  });
}
