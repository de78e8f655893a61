import type { EventOptions, ScopeApi, Segmentation } from '../scope/scope-api.js';
import type { MethodCall } from './call.js';
import { type OptionRules, RULES, SEGMENTED_RULES } from './check-options.js';
import type { EventDecoratorOptions } from './options.js';
import { recorder } from './recorder.js';
import { segmentReader } from './segments.js';
import type { Advice } from './weave/advice.js';
import { contained, FAILED } from './weave/contained.js';
import type { Site } from './weave/site.js';

export const EVENT_RULES: OptionRules = {
  ...SEGMENTED_RULES,
  key: RULES.text,
  count: RULES.count,
  sum: RULES.amount,
  rollUp: RULES.flag,
};

type Callback<Value> = (call: MethodCall) => Value;

interface MutableEvent {
  count?: number;
  sum?: number;
  dur?: number;
  segmentation?: Segmentation;
  rollUp?: boolean;
}

/** What `@TrackEvent` and `@TimedEvent` have in common: they differ in `dur`. */
export function eventAdvice<This, Args extends readonly unknown[], Result>(
  decorator: string,
  site: Site,
  key: string | undefined,
  options: EventDecoratorOptions<This, Args, Result>,
  timed: boolean,
): Advice {
  const segments = segmentReader(decorator, site, options.segmentation);
  const { count, sum } = options;
  const countOf = typeof count === 'function' ? (count as unknown as Callback<number>) : undefined;
  const sumOf = typeof sum === 'function' ? (sum as unknown as Callback<number | undefined>) : undefined;

  function amount(
    scope: ScopeApi,
    option: string,
    callback: Callback<number | undefined>,
    call: MethodCall | undefined,
  ) {
    const what = (): string => `Option \`${option}\` of ${decorator} on ${site.layer(call?.instance)}`;
    const value = contained(scope, what, callback, call as MethodCall);
    return value === FAILED ? undefined : value;
  }

  const fixed = fixedPart(options);
  // For records that hold nothing of the call no object is made.
  const unchanging = segments.fixed === undefined ? fixed : Object.freeze({ ...fixed, segmentation: segments.fixed });
  return recorder({
    kind: timed ? 'timed-event' : 'event',
    decorator,
    site,
    options,
    on: 'success',
    timed,
    needsCall: segments.needsCall || countOf !== undefined || sumOf !== undefined,
    readsArgs: segments.readsArgs,
    record(scope, instance, args, failed, value, durationMs, call) {
      const name = key ?? site.layer(instance);
      const segmentation = segments.read(scope, instance, args, failed ? undefined : value, call);
      if (!timed && call === undefined && segmentation === segments.fixed) return scope.addEvent(name, unchanging);
      const event: MutableEvent = { ...fixed };
      const times = countOf === undefined ? undefined : amount(scope, 'count', countOf, call);
      const total = sumOf === undefined ? undefined : amount(scope, 'sum', sumOf, call);
      if (times !== undefined) event.count = times;
      if (total !== undefined) event.sum = total;
      if (timed) event.dur = durationMs / 1000;
      if (segmentation !== undefined) event.segmentation = segmentation;
      return scope.addEvent(name, event satisfies EventOptions);
    },
  });
}

/** What is the same in every record. */
function fixedPart(options: { readonly count?: unknown; readonly sum?: unknown; readonly rollUp?: boolean }) {
  const part: MutableEvent = {};
  if (typeof options.count === 'number') part.count = options.count;
  if (typeof options.sum === 'number') part.sum = options.sum;
  if (options.rollUp !== undefined) part.rollUp = options.rollUp;
  return Object.freeze(part);
}
