import { flag, type Members, oneOf, plainText } from '../config/schema.js';
import type { OpenView, ScopeApi } from '../scope/scope-api.js';
import { readArguments, SEGMENTED_RULES, type SegmentedOptions } from './options.js';
import { type Admits, recordingDecorator } from './recorder.js';
import type { WovenCall } from './weave/advice.js';
import type { AnyWeaver, MethodWeaver } from './weave/method-decorator.js';

/** Options of `@TrackView`. */
export interface TrackViewOptions<
  This = unknown,
  Args extends readonly unknown[] = readonly unknown[],
  Result = unknown,
> extends SegmentedOptions<This, Args, Result> {
  /** Name of the view. @default `ClassName_methodName` */
  readonly name?: string;
  /**
   * `next`: the view lasts until the next view of the device, or the end of its session. `method`: it lasts as long as
   * the method works.
   *
   * @default 'next', with `parallel` 'method'
   */
  readonly duration?: 'next' | 'method';
  /** The view lies beside others instead of taking the place of the one on display. @default false */
  readonly parallel?: boolean;
}

const VIEW_RULES: Members = { ...SEGMENTED_RULES, name: plainText, duration: oneOf('next', 'method'), parallel: flag };

/**
 * Records a view when the method is called.
 *
 * @param name - name of the view. Default: `ClassName_methodName`
 * @param options - see {@link TrackViewOptions}
 * @throws CountlyDecoratorError at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { TrackView } from 'countly-weave';
 *
 * class Catalogue {
 *   @TrackView('Product page', { segmentation: (call) => ({ sku: call.args[0] }) })
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
export function TrackView(first?: string | TrackViewOptions, second?: TrackViewOptions): AnyWeaver {
  return viewDecorator(first, second);
}

export function viewDecorator(
  first: string | TrackViewOptions | undefined,
  second: TrackViewOptions | undefined,
  admits?: Admits,
): AnyWeaver {
  const { key, options } = readArguments('@TrackView', 'name', first, second, VIEW_RULES);
  const { parallel = false } = options;
  const timed = (options.duration ?? (parallel ? 'method' : 'next')) === 'method';
  const isAfter = (options.on ?? 'call') !== 'call';
  const afterwards = timed && { afterwards: endView };
  const spec = { decorator: '@TrackView', kind: 'view', key, options, on: 'call', timed, ...afterwards } as const;
  return recordingDecorator(spec, (scope, call, recorder) => {
    const segmentation = recorder.segments.read(scope, call);
    if (admits?.(scope, recorder.name(call), segmentation) === false) return undefined;
    const shown = segmentation === undefined ? undefined : { segmentation };
    const view = scope.trackView(recorder.name(call), parallel ? { ...shown, parallel } : shown);
    if (timed && isAfter) endView(scope, call, view);
    return view;
  });
}

function endView(_scope: ScopeApi, { durationMs }: WovenCall, view: unknown): void {
  (view as OpenView | undefined)?.end(durationMs / 1000);
}
