import { MOST_COUNTED } from '../search/search-index.js';
import { SEARCHED, type SearchedKind, SOURCES, textOfRow } from '../search/sources.js';
import type { SqlDatabase, SqlValue } from '../sql/sql.js';
import type { ApiQuery } from './api-query.js';
import type { Search, SearchHit } from './contract/search.js';
import { ApiQueryError, limitOf } from './question.js';

/** How long a question waits for what came last. */
const PATIENCE_MS = 40;
const MOST_WORDS = 8;
const LONGEST_QUESTION = 200;
const AFTER = 60;
/** Less before the word, so that a narrow column shows it. */
const BEFORE = 20;

/** One search over everything: words that all have to be there, the last one from its beginning, the newest first. */
export function readSearch({ parts, search }: ApiQuery): Search {
  const { database } = parts.store;
  const q = (search.get('q') ?? '').slice(0, LONGEST_QUESTION);
  const words = wordsOf(q);
  const complete = parts.search.catchUp(PATIENCE_MS);
  if (words.length === 0) return { q, total: 0, atLeast: false, hits: [], next: null, complete };
  const kind = kindOf(search.get('kind'));
  const limit = limitOf(search, 50, 500);
  const before = Number(search.get('cursor') ?? Number.MAX_SAFE_INTEGER);
  const from = Number.isSafeInteger(before) ? before : Number.MAX_SAFE_INTEGER;
  const found = parts.search.find(words, kind, from, limit + 1);
  const total = parts.search.count(words, kind);
  const page = found.slice(0, limit);
  return {
    q,
    total,
    atLeast: total >= MOST_COUNTED,
    hits: page.flatMap((hit) => hitOf(database, hit.kind, hit.row, words[0] ?? '')),
    next: found.length > limit ? String(page.at(-1)?.id) : null,
    complete,
  };
}

function kindOf(value: string | null): SearchedKind | undefined {
  if (value === null || value === '') return undefined;
  const kind = SEARCHED.find((one) => one === value);
  if (kind === undefined) throw new ApiQueryError('kind', `one of ${SEARCHED.join(', ')}`, value);
  return kind;
}

/** The words of a question, as the index divides texts; nothing in them is syntax. */
function wordsOf(q: string): string[] {
  return (q.match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, MOST_WORDS);
}

function hitOf(database: SqlDatabase, kind: SearchedKind, id: number, word: string): SearchHit[] {
  const source = SOURCES[kind];
  const row = database.prepare(`SELECT * FROM ${source.table} WHERE id = ?`).first(id);
  if (row === undefined) return [];
  const text = (column: string): string | null => (row[column] == null ? null : String(row[column]));
  return [
    {
      kind,
      id,
      at: Number(row[source.at]),
      label: text(source.label) ?? '',
      device_id: text('device_id'),
      request_id: kind === 'request' ? id : (((row['request_id'] as SqlValue | undefined) ?? null) as number | null),
      excerpt: excerptOf(textOfRow(row, source), word),
    },
  ];
}

function excerptOf(text: string, word: string): string {
  const place = Math.max(0, text.toLowerCase().indexOf(word.toLowerCase()));
  const from = Math.max(0, place - BEFORE);
  const to = place + word.length + AFTER;
  return `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`;
}
