import type { ScopeApi } from '../../scope/scope-api.js';
import type { Call } from '../call.js';
import type { FailureFrame } from '../error-trail.js';

/** What a decorator does; also what the tracking plan lists. */
export type WeaveKind =
  | 'event'
  | 'timed-event'
  | 'start-event'
  | 'end-event'
  | 'view'
  | 'error'
  | 'trace'
  | 'breadcrumb'
  | 'session'
  | 'profile'
  | 'identity'
  | 'attribution'
  | 'feedback'
  | 'consent'
  | 'device'
  | 'custom';

/** A function as the weave sees it. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** One call of a woven method, as advices see it. Its `args` are empty when no advice reads them, and not to be changed. */
export interface WovenCall extends Call {
  /** The result, or what was thrown; undefined while the method runs. What cannot be followed to its end is a result. */
  readonly value: unknown;
  /** Tells a failure of this call from those of callees; there when an advice is framed. */
  readonly frame: FailureFrame | undefined;
}

/**
 * What one decorator adds to one method. A hook that throws is contained and reported once. `settled` runs exactly once
 * for every call that ended (for an Observable: once for every subscription).
 */
export interface Advice {
  readonly kind: WeaveKind;
  /** Records through the client of this name instead of the current one. */
  readonly client?: string | undefined;
  /** Without it the clock is not read, and the duration of a call is 0. */
  readonly timed?: boolean | undefined;
  /** Set when a failure must be told from those of callees. */
  readonly framed?: boolean | undefined;
  /** When `settled` is wanted. @default 'settle' */
  readonly settles?: 'success' | 'error' | 'settle' | undefined;
  /** Whether the hooks look at the arguments. A function is asked at the first call: only then is known which carry `@Segment`. */
  readonly readsArgs: boolean | (() => boolean);
  /** Before everything else: a scope that the method, what it starts and all its advices belong to. */
  opens?(scope: ScopeApi | undefined, call: WovenCall): ScopeApi | undefined;
  /** Before the method runs; what it returns comes back to `settled` as `state`. */
  enter?(scope: ScopeApi, call: WovenCall): unknown;
  /** After the method's work ended. */
  settled?(scope: ScopeApi, call: WovenCall, state: unknown): void;
}

/** An advice, with its index among all of the method: what a call keeps for it lies under that number. */
export interface Step {
  readonly advice: Advice;
  readonly index: number;
}

/** What one call of a woven method has to do, found out once instead of at every call. */
export type Plan = Readonly<ReturnType<typeof makePlan>>;

export function makePlan(advices: readonly Advice[]) {
  const steps = advices.map((advice, index): Step => ({ advice, index }));
  const settlingOn = (end: 'success' | 'error'): readonly Step[] =>
    steps.filter(({ advice }) => advice.settled !== undefined && [end, 'settle'].includes(advice.settles ?? 'settle'));
  return {
    advices: [...advices],
    scoping: advices.filter(({ opens }) => opens !== undefined),
    entering: steps.filter(({ advice }) => advice.enter !== undefined),
    succeeding: settlingOn('success'),
    failing: settlingOn('error'),
    timed: advices.some(({ timed }) => timed === true),
    framed: advices.some(({ framed }) => framed === true),
    /** Some advice names its client. */
    named: advices.some(({ client }) => client !== undefined),
    readsArgs: advices.some(({ readsArgs }) => (typeof readsArgs === 'function' ? readsArgs() : readsArgs)),
  };
}
