import { scopeFor, scopeStore } from '../../scope/current.js';
import type { ScopeApi } from '../../scope/scope-api.js';
import { carryFrame, currentFrame, enterFrame, frameGoesOn, newFrame } from '../error-trail.js';
import type { Method } from './advice.js';
import { describe, warnOnce } from './contained.js';
import { makePlan, NOTHING, type Plan } from './plan.js';
import { enterAll, Run, settleAll } from './run.js';
import { follow, kindOf } from './settle.js';
import { makeSlots } from './slots.js';
import type { Woven } from './woven.js';

/**
 * After so many calls that ended with the method, the next one is expected to. Only what goes on after a pause needs its
 * frame carried along, and AsyncLocalStorage takes more time for that from Node 24 on than all else a call needs.
 */
const SURE = 1_000;

const NO_ARGS: readonly unknown[] = Object.freeze([]);

// Arguments travel as rest parameters that each function uses once, to pass them on: only so does V8 hand them over
// without making an array. One is made where hooks look at arguments, and nowhere else.

/** What a wrapper calls in place of the original while there may be somebody to record for. */
export function recordingOf(woven: Woven): Method {
  woven.recording ??= makeRecording(woven, makePlan(woven.advices));
  return woven.recording;
}

function makeRecording(woven: Woven, plan: Plan): Method {
  if (plan.readsArgs) {
    return function (this: unknown, ...args: unknown[]): unknown {
      return withArgs(woven, plan, this, args);
    };
  }
  return function (this: unknown, ...args: unknown[]): unknown {
    const scope = scopeFor(this);
    const todo = scope === undefined && !plan.named ? NOTHING : plan;
    return perform(woven, todo, scope, undefined, this, NO_ARGS, ...args);
  };
}

function withArgs(woven: Woven, plan: Plan, instance: unknown, args: unknown[]): unknown {
  const scope = scopeFor(instance);
  if (scope === undefined && !plan.named) return Reflect.apply(woven.original, instance, args);
  const opened = plan.opening.length === 0 ? undefined : open(woven, plan, scope, instance, args);
  if (opened === undefined) return perform(woven, plan, scope, undefined, instance, args, ...args);
  return scopeStore.run(opened, () => perform(woven, plan, opened, opened, instance, args, ...args));
}

/** A scope that one advice opens is the scope of the others. */
function open(
  woven: Woven,
  plan: Plan,
  scope: ScopeApi | undefined,
  instance: unknown,
  args: readonly unknown[],
): ScopeApi | undefined {
  let opened: ScopeApi | undefined;
  for (const advice of plan.opening) {
    try {
      opened = advice.opens?.(opened ?? scope, instance, args) ?? opened;
    } catch (error) {
      const layer = woven.site.layer(instance);
      warnOnce(scope, `context ${advice.kind} ${layer}`, `Preparing a call of ${layer} failed: ${describe(error)}`);
    }
  }
  return opened;
}

/** @param seen - the arguments as the hooks get them */
function perform(
  woven: Woven,
  plan: Plan,
  scope: ScopeApi | undefined,
  opened: ScopeApi | undefined,
  instance: unknown,
  seen: readonly unknown[],
  ...args: unknown[]
): unknown {
  const slots = plan.slotted ? makeSlots(woven.advices, scope, instance) : undefined;
  if (plan.entering.length > 0) enterAll(woven, plan, scope, instance, seen, slots);
  const startedAt = plan.timed ? performance.now() : 0;
  const outer = plan.framed ? currentFrame() : 0;
  const frame = plan.framed ? newFrame() : 0;
  const before = frame === 0 ? 0 : enterFrame(frame);
  const carried = frame !== 0 && woven.endedAtOnce < SURE;
  const carriedBefore = carried ? carryFrame(frame) : 0;
  let result: unknown;
  try {
    result = Reflect.apply(woven.original, instance, args);
  } catch (error) {
    if (frame !== 0) enterFrame(before);
    if (carried) carryFrame(carriedBefore);
    settleAll(woven, plan, scope, instance, seen, true, error, startedAt, slots, frame, outer);
    throw error;
  }
  if (frame !== 0) enterFrame(before);
  if (carried) carryFrame(carriedBefore);
  if (plan === NOTHING) return result;
  if (typeof result === 'object' ? result !== null : typeof result === 'function') {
    const kind = kindOf(result as object);
    if (kind !== 'settled') {
      if (frame !== 0) {
        woven.endedAtOnce = -1;
        if (!carried) frameGoesOn(frame);
      }
      const run = new Run(woven, plan, scope, opened, instance, seen, startedAt, slots, frame, outer);
      return follow(result as object, kind, run);
    }
  }
  if (carried && woven.endedAtOnce >= 0) woven.endedAtOnce++;
  if (plan.succeeding.length > 0 || frame !== 0) {
    settleAll(woven, plan, scope, instance, seen, false, result, startedAt, slots, frame, outer);
  }
  return result;
}
