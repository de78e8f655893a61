import type { RequestContext, RequestLike } from '../identity/request-context.js';
import { bag } from './bag.js';
import { RequestReader, rememberRequest, requestOfSocket, userOf } from './socket-request.js';

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
    const given = bag(request);
    this.request =
      bag(given?.['headers']) === undefined ? requestOfSocket(bag(client)) : (given as unknown as RequestLike);
    rememberRequest(client, this.request);
  }

  get user(): unknown {
    return userOf(bag(this.#client), this.request);
  }
}
