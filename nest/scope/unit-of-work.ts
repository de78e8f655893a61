import type { DeviceScope } from '../../lib/index.js';
import type { RequestContext } from '../identity/request-context.js';

/** One request or message being served. */
export interface UnitOfWork<Context extends RequestContext = RequestContext> {
  readonly context: Context;
  /** The scope its code runs in; replaced when guards made a better identity known. */
  scope: DeviceScope;
  /** Position of the resolver that named the device; those before it had no answer yet. */
  position: number;
  /** True once a consent resolver gave an answer. */
  consentKnown: boolean;
  /** Moment it began, in the sequence of error reports: what was reported before is another failure. */
  readonly reportsBefore: number;
  /** The error that waits for the answer's status, to be reported or not. */
  failure: Failure | undefined;
  /** A view was recorded in it already. */
  viewed: boolean;
  /** Whether it is a visitor's activity, for their session; undefined until that is known. */
  isVisit: boolean | undefined;
  /** Told when it has another scope than before. */
  entered: (() => void) | undefined;
}

export interface Failure {
  readonly error: unknown;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The answer had begun when it happened, so its status says nothing about it. */
  readonly tooLate: boolean;
}
