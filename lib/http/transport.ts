import type { Delivery, QueryResult } from '../protocol/answer.js';

export type { QueryResult };

/** One HTTP request, ready to go out. */
export interface WireRequest {
  /** Below the configured URL, starting with a slash: `/i`, `/i/bulk`. */
  readonly path: string;
  /** Without the question mark; empty for none. */
  readonly query: string;
  /** Of the body. */
  readonly contentType:
    | 'application/json'
    | 'application/x-www-form-urlencoded'
    | `multipart/form-data; boundary=${string}`;
  /** Text, sent as UTF-8, or bytes. */
  readonly body: string | Uint8Array;
}

/**
 * Carries requests to a Countly server.
 *
 * Rules for implementers: never throw and never reject; answer within the configured timeout, also when the server
 * accepts the connection and then says nothing; do not queue, batch or repeat – the outbox does.
 */
export interface Transport {
  /** Posts a request. Never rejects: what happened is the answer. */
  send(request: WireRequest): Promise<Delivery>;
  /** Asks the server something. Never rejects. */
  query(request: WireRequest): Promise<QueryResult>;
  /** Ends open connections. Never rejects, and waits for nobody. */
  close(): Promise<void>;
}
