import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import type { RequestContext, RequestLike } from '../identity/request-context.js';
import { RequestReader, requestIn, requestOfSocket, userOf } from './socket-request.js';
import { recordOf, type UnknownRecord } from './unknown-record.js';

/** A socket message, an RPC message or a GraphQL operation without an HTTP request, as resolvers see it. */
export class MessageContext extends RequestReader implements RequestContext {
  readonly type: string;
  execution: ExecutionContext | undefined;
  readonly request: RequestLike;
  readonly data: unknown;
  readonly #client: UnknownRecord | undefined;

  /** @param guarded - true once the guards ran */
  constructor(execution: ExecutionContext, guarded: boolean) {
    super();
    this.type = execution.getType<string>();
    this.execution = guarded ? execution : undefined;
    if (this.type === 'ws') {
      const ws = execution.switchToWs();
      this.#client = recordOf(ws.getClient());
      this.data = ws.getData();
      this.request = requestOfSocket(this.#client);
    } else if (this.type === 'rpc') {
      const rpc = execution.switchToRpc();
      this.data = rpc.getData();
      this.request = { headers: messageHeaders(recordOf(rpc.getContext())) };
    } else {
      const [, args, context] = execution.getArgs<[unknown, unknown, unknown]>();
      this.data = args;
      // graphql-ws keeps the request the socket was opened with under `extra`.
      this.request = requestIn(recordOf(context), ['req', 'request', 'extra']);
    }
  }

  get user(): unknown {
    return userOf(this.#client, this.request);
  }
}

/** Node's request behind a GraphQL operation, if it came by HTTP. */
export function requestOfOperation(execution: ArgumentsHost): object | undefined {
  const context = recordOf(execution.getArgByIndex(2));
  const request = context?.['req'] ?? context?.['request'] ?? recordOf(context?.['reply'])?.['request'];
  return recordOf(request);
}

/** Headers as the transports of `@nestjs/microservices` carry them; none for those that have no headers. */
function messageHeaders(context: UnknownRecord | undefined): RequestLike['headers'] {
  const message = call(context, 'getMessage');
  const headers =
    recordOf(message?.['headers']) ?? recordOf(recordOf(message?.['properties'])?.['headers']) ?? headerMap(context);
  return (headers ?? {}) as RequestLike['headers'];
}

/** NATS gives an object with `get`, gRPC its Metadata; both know how to become a plain object. */
function headerMap(context: UnknownRecord | undefined): UnknownRecord | undefined {
  const metadata = recordOf(context?.['getMap']) === undefined ? undefined : call(context, 'getMap');
  return metadata ?? call(context, 'getHeaders');
}

function call(target: UnknownRecord | undefined, method: string): UnknownRecord | undefined {
  const fn = target?.[method];
  return typeof fn === 'function' ? recordOf((fn as (this: unknown) => unknown).call(target)) : undefined;
}
