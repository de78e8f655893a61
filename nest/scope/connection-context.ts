import type { RequestContext, RequestLike } from '../identity/request-context.js';
import { RequestReader, rememberRequest, requestOfSocket, userOf } from './socket-request.js';
import { recordOf } from './unknown-record.js';

/** A socket that is being opened or closed, as resolvers see it. */
export class ConnectionContext extends RequestReader implements RequestContext {
  readonly type = 'ws';
  readonly execution = undefined;
  readonly data = undefined;
  readonly request: RequestLike;
  readonly #client: unknown;

  /** @param request - handed over by the `ws` adapter, while Socket.IO keeps it on the client */
  constructor(client: unknown, request: unknown) {
    super();
    this.#client = client;
    const given = recordOf(request);
    this.request =
      recordOf(given?.['headers']) === undefined
        ? requestOfSocket(recordOf(client))
        : (given as unknown as RequestLike);
    rememberRequest(client, this.request);
  }

  get user(): unknown {
    return userOf(recordOf(this.#client), this.request);
  }
}
