/** A request this process sends, as far as it may become a name. */
export interface OutgoingRequest {
  /** `GET`, `POST` … */
  readonly method: string;
  /** With the port, unless it is the usual one. */
  readonly host: string;
  /** Without query and fragment. */
  readonly path: string;
}

/** Settings of traces of outgoing requests. */
export interface OutgoingTraceOptions {
  /** Share of the requests that are reported, from 0 to 1. @default 1 */
  readonly sample?: number | undefined;
  /** Hosts that are left out: `metadata.internal`, `localhost:4318`, or `*.internal` for every host below. */
  readonly ignoreHosts?: readonly string[] | undefined;
  /**
   * Name of the trace; `undefined` leaves the request out. Must not contain ids: every name becomes a line in Countly.
   * @default method, host and path, where segments that look like ids become `:id`
   */
  readonly name?: ((request: OutgoingRequest) => string | undefined) | undefined;
}

/** Settings of traces beside those of incoming requests (`networkTraces`). */
export interface ModuleTraceOptions {
  /**
   * Report a network trace for every request that code in a scope sends with `fetch`, undici or `node:http`; deliveries
   * to Countly never.
   * @default false
   */
  readonly outgoing?: boolean | OutgoingTraceOptions | undefined;
}

/** @internal */
export function outgoingSettings(options: ModuleTraceOptions | undefined): OutgoingTraceOptions | undefined {
  const outgoing = options?.outgoing;
  return typeof outgoing === 'object' ? outgoing : outgoing === true ? {} : undefined;
}
