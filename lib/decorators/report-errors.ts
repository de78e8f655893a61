import { checkOptions, type OptionRules, SEGMENTED_RULES } from './check-options.js';
import { claimReport, layersOf } from './error-trail.js';
import type { SegmentedOptions } from './options.js';
import { recorder } from './recorder.js';
import { segmentReader } from './segments.js';
import type { Advice } from './weave/advice.js';
import { type MethodWeaver, methodDecorator } from './weave/method-decorator.js';
import type { Site } from './weave/woven.js';

/** Options of `@ReportErrors`. `when` sees the failure as `call.error`. */
export type ReportErrorsOptions<
  This = unknown,
  Args extends readonly unknown[] = readonly unknown[],
  Result = unknown,
> = Omit<SegmentedOptions<This, Args, Result>, 'on'>;

const { on: _on, ...REPORT_RULES }: OptionRules = SEGMENTED_RULES;

/**
 * Reports what the method throws, rejects with or emits as error, as a non-fatal crash with the breadcrumbs of the scope
 * – once for each failure, however many decorated layers it crosses, also when a layer wraps it with `cause`. The caller
 * always gets the same error.
 *
 * @param options - see {@link ReportErrorsOptions}
 * @throws {@link CountlyDecoratorError} at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { ReportErrors } from 'countly-weave';
 *
 * class Payments {
 *   \@ReportErrors({ when: (call) => !(call.error instanceof RangeError) })
 *   async charge(cents: number): Promise<void> {}
 * }
 * ```
 */
export function ReportErrors<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  options: ReportErrorsOptions<This, Args, Result> = {},
): MethodWeaver<This, Args, Result> {
  checkOptions('@ReportErrors', options, REPORT_RULES);
  const frozen = Object.freeze({ ...options });
  return methodDecorator({
    decorator: '@ReportErrors',
    key: undefined,
    options: frozen,
    advice: (site) => errorAdvice(site, frozen),
  });
}

/** Sampling applies to reports, so the claim comes last: a failure left out here may be reported by an outer layer. */
function errorAdvice<This, Args extends readonly unknown[], Result>(
  site: Site,
  options: ReportErrorsOptions<This, Args, Result>,
): Advice {
  const segments = segmentReader('@ReportErrors', site, options.segmentation);
  const advice = recorder({
    kind: 'error',
    decorator: '@ReportErrors',
    site,
    options,
    on: 'error',
    timed: false,
    needsCall: segments.needsCall,
    readsArgs: segments.readsArgs,
    record(scope, call, seen) {
      const error = call.value;
      if (!claimReport(error, { frame: call.frame, scope })) return;
      const segmentation = segments.read(scope, call, seen);
      const layers = layersOf(error);
      const crash = { layers: layers.length > 0 ? [...layers] : [site.layer(call.instance)] };
      scope.logError(error, segmentation === undefined ? crash : { ...crash, segmentation });
    },
  });
  return { ...advice, framed: true };
}
