import { useEffect, useRef, useState } from 'preact/hooks';
import type { ListAnswer, ListName, ListRows } from '../../src/api/contract/lists.js';
import { get, pathOf } from './api.js';
import { useApi } from './use-api.js';

/** Newest first, read page by page; what is new goes on top as it comes. */
export interface List<Row> {
  readonly rows: readonly Row[];
  /** How many there are, shown or not. */
  readonly total: number;
  readonly isLoading: boolean;
  readonly error: string | undefined;
  /** Came while the reader is further down, and waits there. */
  readonly waiting: number;
  more(): void;
  /** The reader is at the top: what is new may go on top. */
  follow(isFollowing: boolean): void;
}

/** Lists whose rows have a number of their own. */
export type NumberedList = Exclude<ListName, 'profiles'>;

interface Held<Row> {
  readonly path: string;
  readonly rows: readonly Row[];
  /** Where the next page begins. */
  readonly next: string | null;
}

type Numbered = { readonly id: number };
type Query = Readonly<Record<string, string | number | undefined>>;

const PAGE = 60;
const LATER_PAGES = 300;

/** The list `name` of the API, filtered. */
export function useList<Name extends NumberedList>(name: Name, query: Query = {}): List<ListRows[Name]> {
  type Row = ListRows[Name];
  const path = pathOf(name, { ...query, limit: PAGE });
  const { data, answers, error } = useApi<ListAnswer<Name>>(path);
  const [held, setHeld] = useState<Held<Row>>({ path: '', rows: [], next: null });
  const [isFollowing, setFollowing] = useState(true);
  const isBusy = useRef(false);

  useEffect(() => {
    if (data === undefined || answers !== path) return;
    const newest = data[name] as readonly Row[];
    setHeld((before) => {
      if (before.path !== path) return { path, rows: newest, next: data.next };
      if (!isFollowing) return { ...before, rows: updated(newest, before.rows) };
      const rows = joined(newest, before.rows);
      return { path, rows, next: rows.length > newest.length ? before.next : data.next };
    });
  }, [data, answers, path, name, isFollowing]);

  const more = (): void => {
    if (isBusy.current || held.next === null || held.path !== path) return;
    isBusy.current = true;
    void get<ListAnswer<Name>>(pathOf(name, { ...query, limit: LATER_PAGES, cursor: held.next }))
      .then((answer) => {
        if (answer === undefined) return;
        const older = answer[name] as readonly Row[];
        setHeld((before) =>
          before.path === path ? { path, rows: [...before.rows, ...older], next: answer.next } : before,
        );
      })
      .catch(() => undefined)
      .finally(() => {
        isBusy.current = false;
      });
  };

  const total = data?.total ?? held.rows.length;
  const waiting = isFollowing || data === undefined ? 0 : newsIn(data[name] as readonly Row[], held.rows);
  return { rows: held.rows, total, isLoading: data === undefined, error, waiting, more, follow: setFollowing };
}

/** The newest page, then what was there. More than a page came at once: the list starts anew, without a hole. */
function joined<Row extends Numbered>(newest: readonly Row[], before: readonly Row[]): readonly Row[] {
  const ids = new Set(newest.map(({ id }) => id));
  const older = before.filter(({ id }) => !ids.has(id));
  return older.length === before.length ? newest : [...newest, ...older];
}

/** A row that is there may have changed: a view got its end. */
function updated<Row extends Numbered>(newest: readonly Row[], before: readonly Row[]): readonly Row[] {
  if (newest.length === 0) return [];
  const byId = new Map(newest.map((row) => [row.id, row]));
  return before.map((row) => byId.get(row.id) ?? row);
}

function newsIn<Row extends Numbered>(newest: readonly Row[], before: readonly Row[]): number {
  const first = newest.findIndex(({ id }) => id === before[0]?.id);
  return first < 0 ? newest.length : first;
}
