import type { SqlDatabase, SqlValue } from '../sql/sql.js';
import { SEARCHED, type SearchedKind, SOURCES, textOfRow } from './sources.js';

/** Rows of one kind that are prepared together: few large steps take less than many small ones. */
const ROWS_AT_A_TIME = 1000;
/** Preparing a row takes as long as storing it, so that is done beside: so much of each pause. */
const PAUSE_MS = 100;
const WORK_MS = 15;
/** A document's number carries its kind in the last digit of this base. */
const KINDS = 8;

/** Words only, no places: nothing asks for phrases. A range says which rows the documents from `first` on are. */
export const SEARCH_SCHEMA = `
CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5(text, content='', columnsize=0, detail=none, tokenize='unicode61');
CREATE TABLE IF NOT EXISTS search_ranges (first INTEGER PRIMARY KEY, kind INTEGER NOT NULL, "row" INTEGER NOT NULL, last INTEGER NOT NULL);
`;

export interface Found {
  /** Number of the document; the newest has the highest. */
  readonly id: number;
  readonly kind: SearchedKind;
  readonly row: number;
}

interface Range {
  readonly first: number;
  readonly kind: number;
  readonly row: number;
  readonly last: number;
}

/** Everything that came, word by word. Follows the tables in small steps, so that whoever sends does not wait for it. */
export class SearchIndex {
  readonly #database: SqlDatabase;
  readonly #timer: NodeJS.Timeout;
  /** Last row of each kind that can be found. */
  readonly #done = new Map<SearchedKind, number>();

  #documents = 0;
  #counted: { readonly question: string; readonly count: number } | undefined;

  constructor(database: SqlDatabase) {
    this.#database = database;
    const ranges = database.prepare<Range>('SELECT first, kind, "row", last FROM search_ranges ORDER BY first');
    for (const range of ranges.all()) {
      const name = SEARCHED[range.kind];
      if (name !== undefined) this.#done.set(name, range.last);
      this.#documents = Math.floor(range.first / KINDS) + range.last - range.row + 1;
    }
    this.#timer = setInterval(() => this.#inPause(), PAUSE_MS);
    this.#timer.unref();
  }

  /** The newest documents before this one that have all words, the last one from its beginning. */
  find(words: readonly string[], kind: SearchedKind | undefined, before: number, limit: number): Found[] {
    const rangeOf = this.#database.prepare<Range>(
      'SELECT first, kind, "row", last FROM search_ranges WHERE first <= ? ORDER BY first DESC LIMIT 1',
    );
    return this.#documentsOf(words, kind, before, limit).flatMap((id) => {
      const range = rangeOf.first(id);
      const name = range && SEARCHED[range.kind];
      return range === undefined || name === undefined
        ? []
        : [{ id, kind: name, row: range.row + (id - range.first) / KINDS }];
    });
  }

  /** How many there are, counted up to `most`. Remembered, as each page of an answer asks for it. */
  count(words: readonly string[], kind: SearchedKind | undefined, most: number): number {
    const question = JSON.stringify([words, kind, most, this.#documents]);
    if (this.#counted?.question !== question) {
      const count = this.#documentsOf(words, kind, Number.MAX_SAFE_INTEGER, most).length;
      this.#counted = { question, count };
    }
    return this.#counted.count;
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
    this.#database.exec('DELETE FROM search_ranges');
    this.#documents = 0;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #documentsOf(words: readonly string[], kind: SearchedKind | undefined, before: number, limit: number): number[] {
    // In quotes a word is no syntax. A beginning takes as long as there are documents with it, so only the last word, which
    // may still be typed, is one, and no single letter.
    const match = words
      .map((word, place) => `"${word}"${place === words.length - 1 && word.length > 1 ? '*' : ''}`)
      .join(' ');
    const ofKind = kind === undefined ? '' : `AND rowid % ${KINDS} = ?`;
    const values: SqlValue[] = kind === undefined ? [match] : [match, SEARCHED.indexOf(kind)];
    return this.#database
      .prepare<{ id: number }>(
        `SELECT rowid AS id FROM search WHERE search MATCH ? ${ofKind} AND rowid < ? ORDER BY rowid DESC LIMIT ?`,
      )
      .all(...values, before, limit)
      .map(({ id }) => id);
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
    const file = this.#database.prepare('INSERT INTO search_ranges (first, kind, "row", last) VALUES (?, ?, ?, ?)');
    const index = this.#database.prepare('INSERT INTO search (rowid, text) VALUES (?, ?)');
    let document = this.#documents;
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const place = SEARCHED.indexOf(kind);
      for (const [first, last] of runsOf(rows.map(({ id }) => Number(id)))) {
        file.run(document * KINDS + place, place, first, last);
        document += last - first + 1;
      }
      document = this.#documents;
      for (const row of rows) {
        index.run(document * KINDS + place, textOfRow(row, source));
        document += 1;
      }
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
    this.#documents = document;
    this.#done.set(kind, Number(rows.at(-1)?.['id']));
    return rows.length === ROWS_AT_A_TIME;
  }
}

/** Ascending numbers as stretches without a gap. */
function runsOf(numbers: readonly number[]): [first: number, last: number][] {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === number - 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs;
}
