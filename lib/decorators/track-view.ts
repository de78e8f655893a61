import { oneOf } from '../config/schema.js';
import type { OpenView, ScopeApi, Segmentation } from '../scope/scope-api.js';
import { type OptionRules, RULES, readArguments, SEGMENTED_RULES } from './check-options.js';
import type { SegmentedOptions } from './options.js';
import { recorder } from './recorder.js';
import { segmentReader } from './segments.js';
import type { Advice } from './weave/advice.js';
import { type MethodWeaver, methodDecorator } from './weave/method-decorator.js';
import type { Site } from './weave/woven.js';

/** Options of `@TrackView`. */
export interface TrackViewOptions<
  This = unknown,
  Args extends readonly unknown[] = readonly unknown[],
  Result = unknown,
> extends SegmentedOptions<This, Args, Result> {
  /** Name of the view. @default `ClassName.methodName` */
  readonly name?: string;
  /**
   * `next`: the view lasts until the next view of the device, or the end of its session. `method`: it lasts as long as
   * the method works.
   *
   * @default 'next'
   */
  readonly duration?: 'next' | 'method';
}

const VIEW_RULES: OptionRules = {
  ...SEGMENTED_RULES,
  name: RULES.text,
  duration: oneOf('next', 'method'),
};

/**
 * Records a view when the method is called.
 *
 * @param name - name of the view. Default: `ClassName.methodName`
 * @param options - see {@link TrackViewOptions}
 * @throws {@link CountlyDecoratorError} at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { TrackView } from 'countly-weave';
 *
 * class Catalogue {
 *   \@TrackView('Product page', { segmentation: (call) => ({ sku: call.args[0] }) })
 *   product(sku: string): string {
 *     return `<h1>${sku}</h1>`;
 *   }
 * }
 * ```
 */
export function TrackView<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  options: TrackViewOptions<This, Args, Result>,
): MethodWeaver<This, Args, Result>;
export function TrackView<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  name?: string,
  options?: Omit<TrackViewOptions<This, Args, Result>, 'name'>,
): MethodWeaver<This, Args, Result>;
export function TrackView<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  first?: string | TrackViewOptions<This, Args, Result>,
  second?: TrackViewOptions<This, Args, Result>,
): MethodWeaver<This, Args, Result> {
  const { key, options } = readArguments('@TrackView', 'name', first, second, VIEW_RULES);
  return methodDecorator({
    decorator: '@TrackView',
    key,
    options,
    advice: (site) => viewAdvice(site, key, options),
  });
}

function viewAdvice<This, Args extends readonly unknown[], Result>(
  site: Site,
  name: string | undefined,
  options: TrackViewOptions<This, Args, Result>,
): Advice {
  const segments = segmentReader('@TrackView', site, options.segmentation);
  const whileMethodRuns = options.duration === 'method';
  const advice = recorder({
    kind: 'view',
    decorator: '@TrackView',
    site,
    options,
    on: 'call',
    timed: whileMethodRuns,
    needsCall: segments.needsCall,
    readsArgs: segments.readsArgs,
    record(scope, call, seen) {
      const opened = open(scope, name ?? site.layer(call.instance), segments.read(scope, call, seen));
      if (whileMethodRuns && (options.on ?? 'call') !== 'call') opened.end(call.durationMs / 1000);
      return opened;
    },
  });
  if (!whileMethodRuns || advice.enter === undefined) return advice;
  return {
    ...advice,
    timed: true,
    settled: (_scope, call, state) => (state as OpenView | undefined)?.end(call.durationMs / 1000),
  };
}

function open(scope: ScopeApi, name: string, segmentation: Segmentation | undefined): OpenView {
  return scope.trackView(name, segmentation === undefined ? undefined : { segmentation });
}
