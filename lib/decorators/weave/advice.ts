import type { ScopeApi } from '../../scope/scope-api.js';

/** What a decorator does; also what the tracking plan lists. */
export type WeaveKind = 'event' | 'timed-event' | 'view' | 'error' | 'trace' | 'breadcrumb' | 'device' | 'custom';

/** A function as the weave sees it. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Which ends of a call an advice wants to hear of. */
export type Settling = 'success' | 'error' | 'settle';

/**
 * What one decorator adds to one method. Several advices stand on one wrapper.
 *
 * Rules for implementers:
 * - Hooks take their facts one by one, not in an object: nothing is allocated for a call that needs nothing.
 * - A hook that throws is contained and reported once; it cannot change what the method gives.
 * - `settled` runs exactly once for every call that ended (for an Observable: once for every subscription).
 * - `args` must not be changed or kept.
 */
export interface Advice {
  readonly kind: WeaveKind;
  /** Records through the client of this name instead of the current one. */
  readonly client?: string | undefined;
  /** Without it the clock is not read and `durationMs` is 0. */
  readonly timed?: boolean | undefined;
  /** Set when what `enter` returns must come back to `settled` as `state`. */
  readonly stateful?: boolean | undefined;
  /** Set when a failure must be told from those of callees: `settled` then gets the `FailureFrame` of it as `state`. */
  readonly framed?: boolean | undefined;
  /** When `settled` is wanted. @default 'settle' */
  readonly settles?: Settling | undefined;
  /**
   * Whether the hooks look at `args`; otherwise they get an empty list, and none is made for the call. A function is asked
   * once, at the first call: only then is known which parameters carry `@Segment`.
   */
  readonly readsArgs: boolean | (() => boolean);
  /** Before everything else: a scope that the method, what it starts and all its advices belong to. */
  opens?(scope: ScopeApi | undefined, instance: unknown, args: readonly unknown[]): ScopeApi | undefined;
  /** Before the method runs. */
  enter?(scope: ScopeApi, instance: unknown, args: readonly unknown[]): unknown;
  /**
   * After the method's work ended; `value` is the result, or with `failed` what was thrown. For a stream and for a lazy
   * query that cannot be followed it is the object itself.
   */
  settled?(
    scope: ScopeApi,
    instance: unknown,
    args: readonly unknown[],
    failed: boolean,
    value: unknown,
    durationMs: number,
    state: unknown,
  ): void;
}
