/** A window by arrival. @default 'all' */
export type Window = '1m' | '5m' | '30m' | 'all';

export type Level = 'E' | 'W' | 'N';

/** Answer to a question that cannot be answered. */
export interface ApiError {
  readonly error: string;
}

/** What a woven method can be known to have made. */
export type MadeKind = 'event' | 'view' | 'error' | 'trace' | 'session' | 'profile' | 'consent' | 'merge';
