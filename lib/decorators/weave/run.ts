import { scopeStore } from '../../scope/current.js';
import type { ScopeApi } from '../../scope/scope-api.js';
import { carryFrame, closeFrame, enterFrame, newFrame, noteCrossing } from '../error-trail.js';
import { describe, warnOnce } from './contained.js';
import type { Plan } from './plan.js';
import { makeSlots, type Slots } from './slots.js';
import type { Woven } from './woven.js';

export function enterAll(
  woven: Woven,
  plan: Plan,
  scope: ScopeApi | undefined,
  instance: unknown,
  args: readonly unknown[],
  slots: Slots | undefined,
): void {
  const { entering } = plan;
  for (let i = 0; i < entering.length; i++) {
    const { advice, index } = entering[i] as (typeof entering)[number];
    const target = slots === undefined ? scope : slots.scopes[index];
    if (target === undefined) continue;
    try {
      const state = advice.enter?.(target, instance, args);
      if (slots !== undefined) slots.states[index] = state;
    } catch (error) {
      tellBroken(woven, target, advice.kind, instance, error);
    }
  }
}

/** @param frame - of the call, 0 without; see `newFrame` */
export function settleAll(
  woven: Woven,
  plan: Plan,
  scope: ScopeApi | undefined,
  instance: unknown,
  args: readonly unknown[],
  failed: boolean,
  value: unknown,
  startedAt: number,
  slots: Slots | undefined,
  frame: number,
  outerFrame: number,
): void {
  const steps = failed ? plan.failing : plan.succeeding;
  const durationMs = (failed ? plan.timedFailure : plan.timedSuccess) ? performance.now() - startedAt : 0;
  if (failed) noteCrossing(value, woven.site.layer(instance));
  for (let i = 0; i < steps.length; i++) {
    const { advice, index } = steps[i] as (typeof steps)[number];
    const target = slots === undefined ? scope : slots.scopes[index];
    if (target === undefined) continue;
    try {
      const state = advice.framed === true ? { id: frame, outer: outerFrame } : slots?.states[index];
      advice.settled?.(target, instance, args, failed, value, durationMs, state);
    } catch (error) {
      tellBroken(woven, target, advice.kind, instance, error);
    }
  }
  if (frame !== 0) closeFrame(frame, outerFrame, failed, value);
}

function tellBroken(woven: Woven, scope: ScopeApi, kind: string, instance: unknown, error: unknown): void {
  const layer = woven.site.layer(instance);
  warnOnce(scope, `advice ${kind} ${layer}`, `Recording a ${kind} of ${layer} failed: ${describe(error)}`);
}

/** The rest of a call whose result settles later. */
export class Run {
  readonly woven: Woven;
  readonly plan: Plan;
  readonly scope: ScopeApi | undefined;
  /** The scope that an advice opened around the method; its later parts run in it too. */
  readonly opened: ScopeApi | undefined;
  readonly instance: unknown;
  readonly args: readonly unknown[];
  readonly slots: Slots | undefined;
  readonly frame: number;
  readonly outerFrame: number;
  /** @internal */
  startedAt: number;
  /** @internal */
  ended = false;

  constructor(
    woven: Woven,
    plan: Plan,
    scope: ScopeApi | undefined,
    opened: ScopeApi | undefined,
    instance: unknown,
    args: readonly unknown[],
    startedAt: number,
    slots: Slots | undefined,
    frame: number,
    outerFrame: number,
  ) {
    this.woven = woven;
    this.plan = plan;
    this.scope = scope;
    this.opened = opened;
    this.instance = instance;
    this.args = args;
    this.startedAt = startedAt;
    this.slots = slots;
    this.frame = frame;
    this.outerFrame = outerFrame;
  }

  /** Restarts the clock: lazy work begins when somebody asks for it, not when the method returned. */
  begin(): void {
    if (this.plan.timed) this.startedAt = performance.now();
  }

  /** The same call once more, for another subscription. */
  again(scope: ScopeApi | undefined): Run {
    const { woven, plan, opened, instance, args, outerFrame } = this;
    const slots = this.slots && { ...makeSlots(woven.advices, scope, instance), states: this.slots.states };
    const frame = plan.framed ? newFrame() : 0;
    const run = new Run(woven, plan, scope, opened, instance, args, 0, slots, frame, outerFrame);
    run.begin();
    return run;
  }

  /** Runs a part of the lazy work inside the context of the call. */
  resume<T>(work: () => T): T {
    if (this.opened !== undefined && scopeStore.current() !== this.opened) {
      return scopeStore.run(this.opened, () => this.#inFrame(work));
    }
    return this.#inFrame(work);
  }

  #inFrame<T>(work: () => T): T {
    if (this.frame === 0) return work();
    const before = enterFrame(this.frame);
    const carriedBefore = carryFrame(this.frame);
    try {
      return work();
    } finally {
      enterFrame(before);
      carryFrame(carriedBefore);
    }
  }

  settle(failed: boolean, value: unknown): void {
    if (this.ended) return;
    this.ended = true;
    const { woven, plan, scope, instance, args, startedAt, slots, frame, outerFrame } = this;
    settleAll(woven, plan, scope, instance, args, failed, value, startedAt, slots, frame, outerFrame);
  }
}
