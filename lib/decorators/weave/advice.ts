import type { ScopeApi } from '../../client/scope-api.js';

/** What a decorator does; also what the tracking plan lists. */
export type WeaveKind = 'event' | 'timed-event' | 'view' | 'error' | 'trace' | 'breadcrumb' | 'device' | 'custom';

/** A function as the weave sees it. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Something the method's work runs inside: an async-local value. */
export interface WorkContext {
  /** When set, all advices of the method record through it. */
  readonly scope?: ScopeApi | undefined;
  /** Called for the method itself and again for every resumption of a generator or subscription to an Observable. */
  run<T>(work: () => T): T;
}

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
  /** Before everything else. */
  context?(scope: ScopeApi | undefined, instance: unknown, args: readonly unknown[]): WorkContext | undefined;
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
