import type { ScopeApi } from '../../client/scope-api.js';
import { publishRecords, type WeaveRecord, weaveMetadataOf } from '../metadata.js';
import type { Advice, Method, WorkContext } from './advice.js';
import { describe, warnOnce } from './contained.js';
import { enterAll, makeSlots, Run, settleAll } from './run.js';
import { follow, kindOf } from './settle.js';
import type { Site } from './site.js';
import { addAdvice, newWoven, rememberWoven, type Woven, wovenOf } from './woven.js';
import { createWrapper } from './wrapper.js';

/**
 * Puts an advice on a function and gives the function to use in its place. A function that is woven already keeps its
 * one wrapper: the advice joins the others there.
 *
 * @param callee - asks for a wrapper of its own, which calls this instead: for a method that a subclass takes over from
 * its parent, where neither wrapper nor metadata may be shared
 */
export function weaveInto(fn: Method, site: Site, advice: Advice, record: WeaveRecord, callee?: Method): Method {
  const present = wovenOf(fn);
  if (present !== undefined && callee === undefined) {
    addAdvice(present, advice, record);
    return fn;
  }
  const woven = newWoven(callee ?? fn, site);
  addAdvice(woven, advice, record);
  const wrapper = createWrapper(fn, woven, watched, callee === undefined);
  rememberWoven(wrapper, woven);
  publishRecords(wrapper, woven.records, weaveMetadataOf(fn));
  return wrapper;
}

function watched(woven: Woven, scope: ScopeApi | undefined, instance: unknown, args: unknown[]): unknown {
  if (!woven.contextual) return perform(woven, scope, instance, args, undefined);
  const context = contextOf(woven, scope, instance, args);
  if (context === undefined) return perform(woven, scope, instance, args, undefined);
  return context.run(() => perform(woven, context.scope ?? scope, instance, args, context));
}

function perform(
  woven: Woven,
  scope: ScopeApi | undefined,
  instance: unknown,
  args: unknown[],
  context: WorkContext | undefined,
): unknown {
  const slots = makeSlots(woven, scope, instance);
  enterAll(woven, scope, instance, args, slots);
  const startedAt = woven.timed ? performance.now() : 0;
  let result: unknown;
  try {
    result = Reflect.apply(woven.original, instance, args);
  } catch (error) {
    settleAll(woven, scope, instance, args, true, error, startedAt, slots);
    throw error;
  }
  if (typeof result === 'object' ? result !== null : typeof result === 'function') {
    const kind = kindOf(result as object);
    if (kind !== 'settled') {
      return follow(result as object, kind, new Run(woven, scope, instance, args, startedAt, slots, context));
    }
  }
  settleAll(woven, scope, instance, args, false, result, startedAt, slots);
  return result;
}

/** The contexts of all advices as one: a scope that one of them opens is the scope of the others. */
function contextOf(
  woven: Woven,
  scope: ScopeApi | undefined,
  instance: unknown,
  args: readonly unknown[],
): WorkContext | undefined {
  let joined: WorkContext | undefined;
  for (const advice of woven.advices) {
    if (advice.context === undefined) continue;
    try {
      const context = advice.context(joined?.scope ?? scope, instance, args);
      if (context !== undefined) joined = joined === undefined ? context : nested(joined, context);
    } catch (error) {
      const layer = woven.site.layer(instance);
      warnOnce(scope, `context ${advice.kind} ${layer}`, `Preparing a call of ${layer} failed: ${describe(error)}`);
    }
  }
  return joined;
}

function nested(outer: WorkContext, inner: WorkContext): WorkContext {
  return { scope: inner.scope ?? outer.scope, run: (work) => outer.run(() => inner.run(work)) };
}
