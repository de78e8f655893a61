/**
 * `?q=&kind=&limit=&cursor=`: words that all have to be there, the last one from its beginning; device ids, keys, names, segments
 * and their values, stacks and breadcrumbs, profiles, problems, app keys.
 */
export interface Search {
  readonly q: string;
  readonly total: number;
  /** There are more than were counted: `total` is 10 000. */
  readonly atLeast: boolean;
  readonly hits: readonly SearchHit[];
  readonly next: string | null;
  /** False while what came last is still being prepared for the search. */
  readonly complete: boolean;
}

export interface SearchHit {
  readonly kind: 'event' | 'view' | 'error' | 'trace' | 'device' | 'problem' | 'request';
  readonly id: number;
  readonly at: number;
  /** Key, name, device id. */
  readonly label: string;
  readonly device_id: string | null;
  readonly request_id: number | null;
  /** The text around the first word, without markup. */
  readonly excerpt: string;
}
