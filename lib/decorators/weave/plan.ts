import type { Advice } from './advice.js';

/** An advice, with its place among all of the method: what a call keeps for it lies under that number. */
export interface Step {
  readonly advice: Advice;
  readonly index: number;
}

/** What one call of a woven method has to do, found out once instead of at every call. */
export interface Plan {
  readonly opening: readonly Advice[];
  readonly entering: readonly Step[];
  readonly succeeding: readonly Step[];
  readonly failing: readonly Step[];
  /** Some advice wants the duration, when the call ended well or when it failed. */
  readonly timed: boolean;
  readonly timedSuccess: boolean;
  readonly timedFailure: boolean;
  /** Some advice names its client. */
  readonly named: boolean;
  /** Calls keep something for each advice. */
  readonly slotted: boolean;
  /** Some advice tells failures from those of callees. */
  readonly framed: boolean;
  readonly readsArgs: boolean;
}

/** Made at the first call that is recorded, when the class is complete. */
export function makePlan(advices: readonly Advice[]): Plan {
  const steps = advices.map((advice, index): Step => ({ advice, index }));
  const settlingOn = (end: 'success' | 'error'): Step[] =>
    steps.filter(({ advice }) => advice.settled !== undefined && [end, 'settle'].includes(advice.settles ?? 'settle'));
  const isTimed = ({ advice }: Step): boolean => advice.timed === true;
  const succeeding = settlingOn('success');
  const failing = settlingOn('error');
  const timedSuccess = succeeding.some(isTimed);
  const timedFailure = failing.some(isTimed);
  const named = advices.some(({ client }) => client !== undefined);
  return {
    opening: advices.filter(({ opens }) => opens !== undefined),
    entering: steps.filter(({ advice }) => advice.enter !== undefined),
    succeeding,
    failing,
    timed: timedSuccess || timedFailure,
    timedSuccess,
    timedFailure,
    named,
    slotted: named || advices.some(({ stateful }) => stateful === true),
    framed: advices.some(({ framed }) => framed === true),
    readsArgs: advices.some(({ readsArgs }) => (typeof readsArgs === 'function' ? readsArgs() : readsArgs)),
  };
}

/** For a call that nobody records. */
export const NOTHING: Plan = makePlan([]);
