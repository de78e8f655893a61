import type { Level } from '../check.js';

/** One row of the table in docs/protocol.md §13, in words for people. */
export interface Rule {
  readonly row: number;
  readonly level: Level;
  /** What was sent. */
  readonly title: string;
  /** What a real server does with it. */
  readonly server: string;
  /** What to do instead. */
  readonly remedy: string;
}

/** Shorthand that keeps the table readable: one line a row. */
export function rule(row: number, level: Level, title: string, server: string, remedy: string): Rule {
  return { row, level, title, server, remedy };
}
