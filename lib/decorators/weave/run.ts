import { scopeFor } from '../../client/current.js';
import type { ScopeApi } from '../../client/scope-api.js';
import { noteCrossing } from '../error-trail.js';
import type { WorkContext } from './advice.js';
import { describe, warnOnce } from './contained.js';
import type { Woven } from './woven.js';

/** What a call keeps per advice; only made when an advice names a client or keeps state. */
export interface Slots {
  readonly scopes: (ScopeApi | undefined)[] | undefined;
  readonly states: unknown[];
}

export function makeSlots(woven: Woven, scope: ScopeApi | undefined, instance: unknown): Slots | undefined {
  if (!woven.named && !woven.stateful) return undefined;
  const scopes = woven.named
    ? woven.advices.map((advice) => (advice.client === undefined ? scope : scopeFor(instance, advice.client)))
    : undefined;
  return { scopes, states: [] };
}

export function enterAll(
  woven: Woven,
  scope: ScopeApi | undefined,
  instance: unknown,
  args: readonly unknown[],
  slots: Slots | undefined,
): void {
  const { advices } = woven;
  for (let i = 0; i < advices.length; i++) {
    const advice = advices[i];
    const target = slots?.scopes === undefined ? scope : slots.scopes[i];
    if (advice?.enter === undefined || target === undefined) continue;
    try {
      const state = advice.enter(target, instance, args);
      if (slots !== undefined) slots.states[i] = state;
    } catch (error) {
      tellBroken(woven, target, advice.kind, instance, error);
    }
  }
}

export function settleAll(
  woven: Woven,
  scope: ScopeApi | undefined,
  instance: unknown,
  args: readonly unknown[],
  failed: boolean,
  value: unknown,
  startedAt: number,
  slots: Slots | undefined,
): void {
  const durationMs = woven.timed ? performance.now() - startedAt : 0;
  if (failed) noteCrossing(value, woven.site.layer(instance));
  const { advices } = woven;
  for (let i = 0; i < advices.length; i++) {
    const advice = advices[i];
    const target = slots?.scopes === undefined ? scope : slots.scopes[i];
    if (advice?.settled === undefined || target === undefined) continue;
    try {
      advice.settled(target, instance, args, failed, value, durationMs, slots?.states[i]);
    } catch (error) {
      tellBroken(woven, target, advice.kind, instance, error);
    }
  }
}

function tellBroken(woven: Woven, scope: ScopeApi, kind: string, instance: unknown, error: unknown): void {
  const layer = woven.site.layer(instance);
  warnOnce(scope, `advice ${kind} ${layer}`, `Recording a ${kind} of ${layer} failed: ${describe(error)}`);
}

/** The rest of a call whose result settles later. */
export class Run {
  readonly woven: Woven;
  readonly scope: ScopeApi | undefined;
  readonly instance: unknown;
  readonly args: readonly unknown[];
  readonly slots: Slots | undefined;
  readonly context: WorkContext | undefined;
  #startedAt: number;
  #settled = false;

  constructor(
    woven: Woven,
    scope: ScopeApi | undefined,
    instance: unknown,
    args: readonly unknown[],
    startedAt: number,
    slots: Slots | undefined,
    context: WorkContext | undefined,
  ) {
    this.woven = woven;
    this.scope = scope;
    this.instance = instance;
    this.args = args;
    this.#startedAt = startedAt;
    this.slots = slots;
    this.context = context;
  }

  /** Restarts the clock: lazy work begins when somebody asks for it, not when the method returned. */
  begin(): void {
    if (this.woven.timed) this.#startedAt = performance.now();
  }

  /** The same call once more, for another subscription. */
  again(scope: ScopeApi | undefined): Run {
    const { woven, instance, args, slots, context } = this;
    const run = new Run(woven, scope, instance, args, 0, slots, context);
    run.begin();
    return run;
  }

  /** Runs a part of the lazy work inside the context of the call. */
  resume<T>(work: () => T): T {
    return this.context === undefined ? work() : this.context.run(work);
  }

  settle(failed: boolean, value: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    settleAll(this.woven, this.scope, this.instance, this.args, failed, value, this.#startedAt, this.slots);
  }
}
