import type { SqlDatabase, SqlValue } from '../sql/sql.js';
import { SEARCHED, type SearchedKind, SOURCES, textOfRow } from './sources.js';

const ROWS_AT_A_TIME = 200;
/** Preparing a row takes longer than storing it, so that is done beside: so much of each pause. */
const PAUSE_MS = 100;
const WORK_MS = 15;

export const SEARCH_SCHEMA = `
CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5(text, content='', columnsize=0, tokenize='unicode61');
CREATE TABLE IF NOT EXISTS search_rows (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, "row" INTEGER NOT NULL);
`;

/** Everything that came, word by word. Follows the tables in small steps, so that whoever sends does not wait for it. */
export class SearchIndex {
  readonly #database: SqlDatabase;
  readonly #timer: NodeJS.Timeout;
  /** Last row of each kind that can be found. */
  readonly #done = new Map<SearchedKind, number>();

  constructor(database: SqlDatabase) {
    this.#database = database;
    const done = database.prepare<{ kind: number; last: number }>(
      'SELECT kind, max("row") AS last FROM search_rows GROUP BY kind',
    );
    for (const { kind, last } of done.all()) {
      const name = SEARCHED[kind];
      if (name !== undefined) this.#done.set(name, last);
    }
    this.#timer = setInterval(() => this.#inPause(), PAUSE_MS);
    this.#timer.unref();
  }

  /** Works until all is done or the time is over. @returns whether all can be found now */
  catchUp(milliseconds: number): boolean {
    const end = performance.now() + milliseconds;
    for (;;) {
      // All kinds in turn, so that what came together stands together.
      const more = SEARCHED.filter((kind) => this.#step(kind));
      if (more.length === 0) return true;
      if (performance.now() >= end) return false;
    }
  }

  forget(): void {
    this.#done.clear();
    this.#database.exec("INSERT INTO search (search) VALUES ('delete-all')");
    this.#database.exec('DELETE FROM search_rows');
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #inPause(): void {
    try {
      this.catchUp(WORK_MS);
    } catch {
      // The database cannot be written at present; whoever sends hears of that, and the next pause comes.
    }
  }

  /** @returns whether there may be more */
  #step(kind: SearchedKind): boolean {
    const source = SOURCES[kind];
    const rows = this.#database
      .prepare<Record<string, SqlValue>>(
        `SELECT id, ${source.texts.join(', ')} FROM ${source.table} WHERE id > ? ORDER BY id LIMIT ?`,
      )
      .all(this.#done.get(kind) ?? 0, ROWS_AT_A_TIME);
    if (rows.length === 0) return false;
    const file = this.#database.prepare('INSERT INTO search_rows (kind, "row") VALUES (?, ?)');
    const index = this.#database.prepare('INSERT INTO search (rowid, text) VALUES (?, ?)');
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      for (const row of rows) index.run(file.run(SEARCHED.indexOf(kind), row['id'] ?? 0), textOfRow(row, source));
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
    this.#done.set(kind, Number(rows.at(-1)?.['id']));
    return rows.length === ROWS_AT_A_TIME;
  }
}
