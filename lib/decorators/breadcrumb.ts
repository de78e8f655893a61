import { CountlyDecoratorError } from '../errors.js';
import { COMMON_RULES, type CommonOptions, checkOptions, type FromCall, refuseBare } from './options.js';
import { recordingDecorator } from './recorder.js';
import type { MethodWeaver } from './weave/method-decorator.js';

/**
 * Adds a line to the breadcrumbs of the scope when the method is called; the next crash report carries them.
 *
 * @param text - the line, or a function of the call that gives it. Default: `ClassName.methodName`
 * @param options - see {@link CommonOptions}
 * @throws CountlyDecoratorError at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { Breadcrumb } from 'countly-weave';
 *
 * class Cart {
 *   @Breadcrumb((call) => `added ${call.args[0]}`)
 *   add(sku: string): void {}
 * }
 * ```
 */
export function Breadcrumb<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  text?: string | FromCall<This, Args, Result, string | undefined>,
  options: CommonOptions<This, Args, Result> = {},
): MethodWeaver<This, Args, Result> {
  refuseBare('@Breadcrumb', text, options);
  if (text !== undefined && typeof text !== 'function' && (typeof text !== 'string' || text === '')) {
    throw new CountlyDecoratorError(
      '@Breadcrumb: expected the text to be a non-empty string or a function of the call.',
    );
  }
  const spec = {
    decorator: '@Breadcrumb',
    kind: 'breadcrumb',
    key: typeof text === 'string' ? text : undefined,
    options: checkOptions('@Breadcrumb', options, COMMON_RULES),
    on: 'call',
    readsArgs: typeof text === 'function',
  } as const;
  return recordingDecorator(spec, (scope, call, recorder) => {
    const fixed = text ?? recorder.site.layer(call.instance);
    const line = typeof fixed === 'function' ? recorder.ask('text', fixed, scope, call) : fixed;
    if (typeof line === 'string' && line !== '') scope.addBreadcrumb(line);
  });
}
