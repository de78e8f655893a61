import type { Delivery } from '../protocol/delivery.js';

/** One HTTP request, ready to go out. */
export interface WireRequest {
  /** Below the configured URL, starting with a slash: `/i`, `/i/bulk`. */
  readonly path: string;
  /** Without the question mark; empty for none. */
  readonly query: string;
  readonly contentType:
    | 'application/json'
    | 'application/x-www-form-urlencoded'
    | `multipart/form-data; boundary=${string}`;
  readonly body: string;
}

/** What a fetching endpoint (`/o/sdk`) answered. */
export type QueryResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly status: number; readonly message: string };

/**
 * Carries requests to a Countly server.
 *
 * Rules for implementers: never throw and never reject; answer within the configured timeout, also when the server
 * accepts the connection and then says nothing; do not queue, batch or repeat – the outbox does.
 */
export interface Transport {
  send(request: WireRequest): Promise<Delivery>;
  query(request: WireRequest): Promise<QueryResult>;
  /** Ends open connections. Never rejects. */
  close(): Promise<void>;
}
