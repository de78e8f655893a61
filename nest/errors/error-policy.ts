import type { RequestContext } from '../identity/request-context.js';

/** What is known about an error when it is decided whether to report it. */
export interface ErrorFacts {
  /** `http`, `graphql`, `ws`, `rpc`, or what a custom transport calls itself. */
  readonly type: string;
  /** Status the request was answered with; `undefined` outside of HTTP. */
  readonly status: number | undefined;
  /** The unit of work it happened in, if its scope was opened by this module. */
  readonly context: RequestContext | undefined;
}

/** Which errors are reported. */
export interface ErrorReportOptions {
  /** Lowest HTTP status that is reported. @default 500 */
  readonly minStatus?: number | undefined;
  /** Decides in place of `minStatus`. If it throws, the default decides and one warning tells. */
  readonly report?: ((error: unknown, facts: ErrorFacts) => boolean) | undefined;
}
