import { type Members, oneOf, plainText } from '../config/schema.js';
import { COMMON_RULES, type CommonOptions, type FromCall, fromCall, readArguments } from './options.js';
import { type Admits, recordingDecorator } from './recorder.js';
import type { AnyWeaver, MethodWeaver } from './weave/method-decorator.js';

/** Options of `@Trace`. */
export interface TraceOptions<This = unknown, Args extends readonly unknown[] = readonly unknown[], Result = unknown>
  extends CommonOptions<This, Args, Result> {
  /** Name of the trace. @default `ClassName_methodName` */
  readonly name?: string;
  /** `device` measures the duration of any work; `network` describes a request that the method makes. @default 'device' */
  readonly type?: 'device' | 'network';
  /** Further numbers of a device trace. */
  readonly metrics?: FromCall<This, Args, Result, Readonly<Record<string, number>>>;
  /** HTTP status of a network trace. @default 200, or 500 when the method failed */
  readonly responseCode?: FromCall<This, Args, Result, number>;
  /** Bytes sent, for a network trace. @default 0 */
  readonly requestPayloadSize?: FromCall<This, Args, Result, number>;
  /** Bytes received, for a network trace. @default 0 */
  readonly responsePayloadSize?: FromCall<This, Args, Result, number>;
}

const TRACE_RULES: Members = {
  ...COMMON_RULES,
  name: plainText,
  type: oneOf('device', 'network'),
  metrics: fromCall,
  responseCode: fromCall,
  requestPayloadSize: fromCall,
  responsePayloadSize: fromCall,
};

/**
 * Reports how long the method works as a performance trace, whether it ends well or fails.
 *
 * @param name - name of the trace. Default: `ClassName_methodName`
 * @param options - see {@link TraceOptions}
 * @throws CountlyDecoratorError at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { Trace } from 'countly-weave';
 *
 * class Rates {
 *   @Trace('GET /rates/:currency', { type: 'network', responseCode: (call) => call.result?.status ?? 503 })
 *   async load(currency: string): Promise<Response> {
 *     return fetch(`https://rates.example/${currency}`);
 *   }
 * }
 * ```
 */
export function Trace<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  options: TraceOptions<This, Args, Result>,
): MethodWeaver<This, Args, Result>;
export function Trace<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  name?: string,
  options?: Omit<TraceOptions<This, Args, Result>, 'name'>,
): MethodWeaver<This, Args, Result>;
export function Trace(first?: string | TraceOptions, second?: TraceOptions): AnyWeaver {
  return traceDecorator(first, second);
}

export function traceDecorator(
  first: string | TraceOptions | undefined,
  second: TraceOptions | undefined,
  admits?: Admits,
): AnyWeaver {
  const { key, options } = readArguments('@Trace', 'name', first, second, TRACE_RULES);
  const spec = { decorator: '@Trace', kind: 'trace', key, options, on: 'settle', timed: true } as const;
  return recordingDecorator(spec, (scope, call, recorder) => {
    const ask = <Value>(option: keyof TraceOptions): Value | undefined =>
      recorder.ask(option, options[option], scope, call) as Value | undefined;
    const { durationMs } = call;
    const common = { name: recorder.name(call), startedAt: Math.round(Date.now() - durationMs) };
    if (options.type !== 'network') {
      const metrics = ask<Readonly<Record<string, number>>>('metrics');
      if (admits?.(scope, common.name, metrics) === false) return undefined;
      return scope.reportTrace({ type: 'device', ...common, durationMs, metrics });
    }
    return scope.reportTrace({
      type: 'network',
      ...common,
      responseTimeMs: durationMs,
      responseCode: ask<number>('responseCode') ?? (call.failed ? 500 : 200),
      requestPayloadSize: ask<number>('requestPayloadSize') ?? 0,
      responsePayloadSize: ask<number>('responsePayloadSize') ?? 0,
    });
  });
}
