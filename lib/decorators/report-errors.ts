import type { Members } from '../config/schema.js';
import { claimReport, layersOf } from './error-trail.js';
import { checkOptions, SEGMENTED_RULES, type SegmentedOptions } from './options.js';
import { recordingDecorator } from './recorder.js';
import type { MethodWeaver } from './weave/method-decorator.js';

/** Options of `@ReportErrors`. `when` sees the failure as `call.error`. */
export type ReportErrorsOptions<
  This = unknown,
  Args extends readonly unknown[] = readonly unknown[],
  Result = unknown,
> = Omit<SegmentedOptions<This, Args, Result>, 'on'>;

const { on: _on, ...REPORT_RULES }: Members = SEGMENTED_RULES;

/**
 * Reports what the method throws, rejects with or emits as error, as a non-fatal crash with the breadcrumbs of the scope
 * – once for each failure, however many decorated layers it crosses, also when a layer wraps it with `cause`. The caller
 * always gets the same error.
 *
 * @param options - see {@link ReportErrorsOptions}
 * @throws CountlyDecoratorError at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { ReportErrors } from 'countly-weave';
 *
 * class Payments {
 *   @ReportErrors({ when: (call) => !(call.error instanceof RangeError) })
 *   async charge(cents: number): Promise<void> {}
 * }
 * ```
 */
export function ReportErrors<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  options: ReportErrorsOptions<This, Args, Result> = {},
): MethodWeaver<This, Args, Result> {
  const checked = checkOptions('@ReportErrors', options, REPORT_RULES);
  const spec = { decorator: '@ReportErrors', kind: 'error', options: checked, on: 'error', framed: true } as const;
  return recordingDecorator(spec, (scope, call, { segments, site }) => {
    const { error } = call;
    // After sampling: a failure that is left out here may be reported by an outer layer.
    if (!claimReport(error, { frame: call.frame, scope })) return;
    const segmentation = segments.read(scope, call);
    const crossed = layersOf(error);
    const layers = crossed.length > 0 ? [...crossed] : [site.layer(call.instance)];
    scope.logError(error, segmentation === undefined ? { layers } : { layers, segmentation });
  });
}
