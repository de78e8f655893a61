import type { ExecutionContext } from '@nestjs/common';

/** What may be read of a request, whatever the platform: Express's or Fastify's request, or a socket's handshake. */
export interface RequestLike {
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly [property: string]: unknown;
}

/**
 * The unit of work a resolver decides about: an HTTP request, a GraphQL operation, a socket message or an RPC message.
 * A resolver gets the same object again when it is asked once more after the guards ran.
 */
export interface RequestContext {
  /** `http`, `graphql`, `ws`, `rpc`, or whatever a custom transport calls itself. */
  readonly type: string;
  /**
   * The request. On Fastify this may be Node's own request until Nest's handlers are reached, and is Fastify's from then on:
   * use `header`, `cookie`, `ip` and `user`, which are right in both. Messages without a request have empty headers.
   */
  readonly request: RequestLike;
  /** `request.user`, as guards such as Passport's leave it. `undefined` until they ran. */
  readonly user: unknown;
  /** Address of the end user, honouring the application's own `trust proxy` setting. */
  readonly ip: string | undefined;
  /** Nest's context; `undefined` until the guards ran. */
  readonly execution: ExecutionContext | undefined;
  /** Payload of a socket or RPC message. */
  readonly data: unknown;
  /** A header, its values joined if it was sent several times. Case does not matter. */
  header(name: string): string | undefined;
  /** A cookie, percent-decoded. Works without a cookie parser. */
  cookie(name: string): string | undefined;
}
