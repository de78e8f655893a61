import { signal } from '@preact/signals';

/** The list that `j` and `k` walk through: the one that was shown last. */
export interface Walkable {
  readonly length: number;
  /** Shows the row, scrolling to it where needed. */
  reveal(index: number): void;
  open(index: number): void;
}

/** The row that was walked to; -1 is none. */
export const cursor = signal(-1);

let list: Walkable | undefined;

/** Makes a list the one to walk through; the answer undoes it. */
export function walkable(next: Walkable): () => void {
  list = next;
  return () => {
    if (list === next) list = undefined;
  };
}

export function walk(step: number, isDrawerOpen: boolean): void {
  if (list === undefined || list.length === 0) return;
  const next = Math.min(list.length - 1, Math.max(0, cursor.value + step));
  cursor.value = next;
  list.reveal(next);
  if (isDrawerOpen) list.open(next);
}

export function openAtCursor(): void {
  if (list !== undefined && cursor.value >= 0) list.open(cursor.value);
}
