import type { SqlValue } from '../sql/sql.js';
import type { TimelineItem } from './contract/people.js';
import { shape } from './shape.js';

type Row = Readonly<Record<string, SqlValue>>;

export type ItemKind = TimelineItem['kind'];

interface Kind {
  readonly table: string;
  /** Column it is ordered by: when it was told, or began. */
  readonly time: string;
  readonly label: (row: Row) => string;
  readonly span: (row: Row) => { readonly from: number; readonly to: number | null };
  readonly bad?: (row: Row) => boolean;
}

const moment =
  (column: string) =>
  (row: Row): { from: number; to: number } => ({ from: Number(row[column]), to: Number(row[column]) });
const text =
  (column: string) =>
  (row: Row): string =>
    String(row[column] ?? '');

/** What happened to a person, and how long it took. */
export const ITEM_KINDS: Readonly<Record<ItemKind, Kind>> = {
  session: {
    table: 'sessions',
    time: 'started_at',
    label: ({ duration }) => `session, ${duration} s`,
    span: ({ started_at: from, ended_at: to }) => ({ from: Number(from), to: to === null ? null : Number(to) }),
  },
  view: {
    table: 'views',
    time: 'started_at',
    label: text('name'),
    span: ({ started_at, duration, ended, visit }) => {
      const from = Number(started_at);
      // Seconds without a visit were told at their end.
      if (visit === 0) return { from: from - Number(duration) * 1000, to: from };
      return { from, to: ended === 0 ? null : from + Number(duration ?? 0) * 1000 };
    },
  },
  event: {
    table: 'events',
    time: 'timestamp',
    label: text('key'),
    // An event is told when it is over.
    span: ({ timestamp, dur }) => ({ from: Number(timestamp) - Number(dur ?? 0) * 1000, to: Number(timestamp) }),
  },
  trace: {
    table: 'traces',
    time: 'timestamp',
    label: text('name'),
    span: ({ stz, etz }) => ({ from: Number(stz), to: Number(etz) }),
    bad: ({ response_code: code }) => Number(code ?? 0) >= 400,
  },
  error: {
    table: 'crashes',
    time: 'timestamp',
    label: text('name'),
    span: moment('timestamp'),
    bad: ({ nonfatal }) => nonfatal === 0,
  },
  profile: {
    table: 'profile_changes',
    time: 'timestamp',
    label: () => 'user details',
    span: moment('timestamp'),
  },
  consent: {
    table: 'consent_changes',
    time: 'timestamp',
    label: ({ feature, granted }) => `${granted === 1 ? '+' : '−'} ${feature}`,
    span: moment('timestamp'),
    bad: ({ granted }) => granted === 0,
  },
  merge: { table: 'merges', time: 'timestamp', label: text('old_device_id'), span: moment('timestamp') },
  problem: {
    table: 'problems',
    time: 'at',
    label: text('title'),
    span: moment('at'),
    bad: ({ level }) => level === 'E',
  },
};

export function itemsOf(kind: ItemKind, rows: readonly Row[]): TimelineItem[] {
  const { label, span, bad } = ITEM_KINDS[kind];
  return rows.map((row) => ({
    kind,
    id: Number(row['id']),
    ...span(row),
    label: label(row),
    bad: bad?.(row) ?? false,
    request_id: Number(row['request_id']),
    method: (row['method'] ?? null) as number | null,
    unit: (row['unit'] ?? null) as string | null,
    data: shape(row) as unknown as TimelineItem['data'],
  }));
}
