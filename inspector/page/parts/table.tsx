import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { cursor, walkable } from '../lib/cursor.js';
import { number, plural } from '../lib/format.js';
import { useMedia } from '../lib/use-media.js';
import { useVirtualizer } from './use-virtualizer.js';

export interface Column<Row> {
  readonly title: string;
  /** CSS width; columns without one share what is left. */
  readonly width?: string;
  readonly isNumber?: boolean;
  /** Left out where there is little room: 1 below 1100 px, 2 below 700 px. */
  readonly leaveOut?: 1 | 2;
  cell(row: Row): ComponentChildren;
}

export interface TableProps<Row> {
  /** What the rows are, for readers that hear the page. */
  readonly caption: string;
  /** Test id of a row and of the count below, `<name>-row`. */
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly total?: number;
  readonly empty: ComponentChildren;
  readonly isLoading?: boolean | undefined;
  /** Rows that wait to be shown on top. */
  readonly waiting?: number;
  keyOf(row: Row): string | number;
  /** The row that is open beside the table. */
  isMarked?(row: Row): boolean;
  /** Another test id for some rows. */
  rowName?(row: Row): string;
  onOpen?(row: Row): void;
  /** The end is near. */
  onMore?(): void;
  onFollow?(isFollowing: boolean): void;
}

const ROW_PX = 37;
/** More at once are a flood: to colour all of them shows nothing and costs frames. */
const MOST_COLOURED = 8;
/** With a pointer that is a finger. */
const TALL_ROW_PX = 45;

/** A table of any length: only the rows within sight are in the document. */
export function Table<Row>(props: TableProps<Row>) {
  const { columns, rows, total = rows.length, waiting = 0, keyOf, onOpen, onMore } = props;
  const frame = useRef<HTMLElement>(null);
  const isTall = useMedia('(pointer: coarse), (max-width: 699px)');
  const shown = useVirtualizer(frame, rows.length, isTall ? TALL_ROW_PX : ROW_PX);
  const top = useRef<string | number | undefined>(undefined);
  const lastShown = shown.items.at(-1)?.index ?? 0;

  useEffect(() => {
    if (lastShown >= rows.length - 20 && rows.length < total) onMore?.();
  });
  useEffect(() => {
    if (onOpen === undefined) return undefined;
    return walkable({
      length: rows.length,
      reveal: (index) => shown.scrollTo(index),
      open: (index) => rows[index] !== undefined && onOpen(rows[index]),
    });
  });
  // In a list of what happened, what stands above the row that was on top is new.
  const news = props.onFollow === undefined ? 0 : rows.findIndex((row) => keyOf(row) === top.current);
  const coloured = news > MOST_COLOURED ? 0 : news;
  useEffect(() => {
    top.current = rows[0] === undefined ? undefined : keyOf(rows[0]);
  });

  if (rows.length === 0) return props.isLoading ? <p class="faint loading">Loading…</p> : props.empty;
  const scrolled = (): void => {
    const isAtTop = (frame.current?.scrollTop ?? 0) < ROW_PX;
    props.onFollow?.(isAtTop);
  };
  return (
    <div class="list">
      {waiting > 0 && (
        <button type="button" class="pill" onClick={() => frame.current?.scrollTo({ top: 0 })}>
          ↑ {waiting >= 60 ? 'many new' : `${number(waiting)} new`}
        </button>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <section class="frame" ref={frame} tabIndex={0} aria-label={props.caption} onScroll={scrolled}>
        <table data-tall={isTall}>
          <caption class="hidden-visually">{props.caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.title} scope="col" class={classOf(column)} style={{ width: column.width }}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Space height={shown.before} />
            {shown.items.map(({ index }) => {
              const row = rows[index];
              if (row === undefined) return null;
              const key = keyOf(row);
              return (
                <tr
                  key={key}
                  data-testid={props.rowName?.(row) ?? `${props.name}-row`}
                  class={`${index < coloured ? 'is-new ' : ''}${props.isMarked?.(row) ? 'is-marked ' : ''}${onOpen ? 'opens' : ''}`}
                  data-cursor={onOpen !== undefined && cursor.value === index}
                  onClick={(event) => {
                    if (event.target instanceof Element && event.target.closest('a, button')) return;
                    if (onOpen === undefined || getSelection()?.isCollapsed === false) return;
                    cursor.value = index;
                    onOpen(row);
                  }}
                >
                  {columns.map((column) => (
                    <td key={column.title} class={classOf(column)}>
                      {column.cell(row)}
                    </td>
                  ))}
                </tr>
              );
            })}
            <Space height={shown.after} />
          </tbody>
        </table>
      </section>
      <p class="faint count" data-testid={`${props.name}-row-count`}>
        {number(rows.length)} of {number(total)}
        {rows.length < total && <span class="hidden-visually"> {plural(total - rows.length, 'more row')}</span>}
      </p>
    </div>
  );
}

function Space({ height }: { height: number }) {
  return height === 0 ? null : (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row of a table takes no focus
    <tr aria-hidden="true" class="space">
      <td style={{ height: `${height}px` }} />
    </tr>
  );
}

function classOf<Row>({ isNumber, leaveOut }: Column<Row>): string {
  return `${isNumber ? 'number ' : ''}${leaveOut === undefined ? '' : `leave-out-${leaveOut}`}`;
}
