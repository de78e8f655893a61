import type { SqlValue } from '../sql/sql.js';

/** What can be found, by the number it is filed under; never renumbered. */
export const SEARCHED = ['event', 'view', 'error', 'trace', 'device', 'problem', 'request'] as const;

export type SearchedKind = (typeof SEARCHED)[number];

export interface SearchSource {
  readonly table: string;
  /** Columns whose text is searched, the most telling first. */
  readonly texts: readonly string[];
  readonly label: string;
  readonly at: string;
}

/** A stack or a segmentation may be megabytes; nobody searches what stands behind this. */
const MOST_CHARS = 4000;

export const SOURCES: Readonly<Record<SearchedKind, SearchSource>> = {
  event: {
    table: 'events',
    texts: ['key', 'device_id', 'segmentation', 'app_key'],
    label: 'key',
    at: 'timestamp',
  },
  view: { table: 'views', texts: ['name', 'device_id', 'segmentation', 'app_key'], label: 'name', at: 'timestamp' },
  error: {
    table: 'crashes',
    texts: ['name', 'device_id', 'error', 'logs', 'custom', 'app_key'],
    label: 'name',
    at: 'timestamp',
  },
  trace: { table: 'traces', texts: ['name', 'device_id', 'attributes', 'app_key'], label: 'name', at: 'timestamp' },
  device: {
    table: 'devices',
    texts: ['device_id', 'platform', 'app_version', 'sdk_name', 'app_key'],
    label: 'device_id',
    at: 'last_seen',
  },
  problem: { table: 'problems', texts: ['title', 'message', 'device_id', 'app_key'], label: 'title', at: 'at' },
  request: {
    table: 'requests',
    texts: ['path', 'method', 'user_agent', 'app_key', 'outcome', 'reply', 'fault'],
    label: 'path',
    at: 'received_at',
  },
};

/** The text of a row that is searched. */
export function textOfRow(row: Readonly<Record<string, SqlValue>>, { texts }: SearchSource): string {
  const parts: string[] = [];
  for (const column of texts) {
    const value = row[column];
    if (value !== null && value !== undefined) parts.push(String(value).slice(0, MOST_CHARS));
  }
  return parts.join(' ').slice(0, MOST_CHARS);
}
