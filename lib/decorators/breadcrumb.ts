import { CountlyDecoratorError } from '../errors.js';
import type { MethodCall } from './call.js';
import { COMMON_RULES, checkOptions } from './check-options.js';
import type { CommonOptions, FromCall } from './options.js';
import { recorder } from './recorder.js';
import { FAILED, runCallback } from './weave/contained.js';
import { type MethodWeaver, methodDecorator } from './weave/method-decorator.js';

/**
 * Adds a line to the breadcrumbs of the scope when the method is called; the next crash report carries them.
 *
 * @param text - the line, or a function of the call that gives it. Default: `ClassName.methodName`
 * @param options - see {@link CommonOptions}
 * @throws {@link CountlyDecoratorError} at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { Breadcrumb } from 'countly-weave';
 *
 * class Cart {
 *   \@Breadcrumb((call) => `added ${call.args[0]}`)
 *   add(sku: string): void {}
 * }
 * ```
 */
export function Breadcrumb<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  text?: string | FromCall<This, Args, Result, string | undefined>,
  options: CommonOptions<This, Args, Result> = {},
): MethodWeaver<This, Args, Result> {
  if (text !== undefined && typeof text !== 'function' && (typeof text !== 'string' || text === '')) {
    throw new CountlyDecoratorError(
      '@Breadcrumb: expected the text to be a non-empty string or a function of the call.',
    );
  }
  checkOptions('@Breadcrumb', options, COMMON_RULES);
  const frozen = Object.freeze({ ...options });
  const callback = typeof text === 'function' ? (text as unknown as (call: MethodCall) => unknown) : undefined;
  return methodDecorator({
    decorator: '@Breadcrumb',
    key: typeof text === 'string' ? text : undefined,
    options: frozen,
    advice: (site) =>
      recorder({
        kind: 'breadcrumb',
        decorator: '@Breadcrumb',
        site,
        options: frozen,
        on: 'call',
        timed: false,
        needsCall: callback !== undefined,
        record(scope, { instance }, seen) {
          if (callback === undefined || seen === undefined) {
            scope.addBreadcrumb(typeof text === 'string' ? text : site.layer(instance));
            return;
          }
          const line = runCallback(scope, () => `The text of @Breadcrumb on ${site.layer(instance)}`, callback, seen);
          if (line !== FAILED && typeof line === 'string' && line !== '') scope.addBreadcrumb(line);
        },
      }),
  });
}
