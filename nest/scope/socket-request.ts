import { readCookie } from '../identity/cookies.js';
import type { RequestLike } from '../identity/request-context.js';
import { addressOf, headerOf } from '../identity/request-values.js';
import { recordOf, type UnknownRecord } from './unknown-record.js';

const NO_REQUEST: RequestLike = { headers: {} };

/** Requests by socket, for libraries that show the request only once: when the connection opens. */
const opened = new WeakMap<object, RequestLike>();

/** Remembers the request a socket was opened with, for its later messages. */
export function rememberRequest(client: unknown, request: RequestLike): void {
  if (typeof client === 'object' && client !== null && request !== NO_REQUEST) opened.set(client, request);
}

/** The request of a socket. */
export function requestOfSocket(client: UnknownRecord | undefined): RequestLike {
  const remembered = client === undefined ? undefined : opened.get(client);
  return remembered ?? requestIn(client, ['handshake', 'request', 'upgradeReq']);
}

/** The request a socket was opened with, wherever the library keeps it; one without headers when it keeps none. */
export function requestIn(holder: UnknownRecord | undefined, places: readonly string[]): RequestLike {
  for (const place of places) {
    const found = recordOf(holder?.[place]);
    if (found === undefined) continue;
    if (recordOf(found['headers']) !== undefined) return found as RequestLike;
    const inner = recordOf(found['request']);
    if (recordOf(inner?.['headers']) !== undefined) return inner as unknown as RequestLike;
  }
  return NO_REQUEST;
}

/** The part of a context that reads its request. */
export abstract class RequestReader {
  abstract readonly request: RequestLike;

  get ip(): string | undefined {
    return addressOf(this.request);
  }

  header(name: string): string | undefined {
    return headerOf(this.request, name);
  }

  cookie(name: string): string | undefined {
    return readCookie(headerOf(this.request, 'cookie', '; '), name);
  }
}

/** The user a guard or an adapter left on a socket or on its request. */
export function userOf(client: UnknownRecord | undefined, request: RequestLike): unknown {
  return client?.['user'] ?? recordOf(client?.['data'])?.['user'] ?? request['user'];
}
