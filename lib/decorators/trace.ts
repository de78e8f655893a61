import { oneOf } from '../config/schema.js';
import type { TraceReport } from '../scope/scope-api.js';
import type { MethodCall } from './call.js';
import { COMMON_RULES, type OptionRules, RULES, readArguments } from './check-options.js';
import type { CommonOptions, FromCall } from './options.js';
import { recorder } from './recorder.js';
import type { Advice } from './weave/advice.js';
import { FAILED, runCallback } from './weave/contained.js';
import { type MethodWeaver, methodDecorator } from './weave/method-decorator.js';
import type { Site } from './weave/woven.js';

/** Options of `@Trace`. */
export interface TraceOptions<This = unknown, Args extends readonly unknown[] = readonly unknown[], Result = unknown>
  extends CommonOptions<This, Args, Result> {
  /** Name of the trace. @default `ClassName.methodName` */
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

const NETWORK_NUMBERS = ['responseCode', 'requestPayloadSize', 'responsePayloadSize'] as const;

const TRACE_RULES: OptionRules = {
  ...COMMON_RULES,
  name: RULES.text,
  type: oneOf('device', 'network'),
  metrics: RULES.callback,
  responseCode: RULES.callback,
  requestPayloadSize: RULES.callback,
  responsePayloadSize: RULES.callback,
};

type Callback<Value> = (call: MethodCall) => Value;

/**
 * Reports how long the method works as a performance trace, whether it ends well or fails.
 *
 * @param name - name of the trace. Default: `ClassName.methodName`
 * @param options - see {@link TraceOptions}
 * @throws {@link CountlyDecoratorError} at decoration: on anything but a method, or for a wrong option
 *
 * @example
 * ```ts
 * import { Trace } from 'countly-weave';
 *
 * class Rates {
 *   \@Trace('GET /rates/:currency', { type: 'network', responseCode: (call) => call.result?.status ?? 503 })
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
export function Trace<This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
  first?: string | TraceOptions<This, Args, Result>,
  second?: TraceOptions<This, Args, Result>,
): MethodWeaver<This, Args, Result> {
  const { key, options } = readArguments('@Trace', 'name', first, second, TRACE_RULES);
  return methodDecorator({
    decorator: '@Trace',
    key,
    options,
    advice: (site) => traceAdvice(site, key, options),
  });
}

function traceAdvice<This, Args extends readonly unknown[], Result>(
  site: Site,
  key: string | undefined,
  options: TraceOptions<This, Args, Result>,
): Advice {
  const isNetwork = options.type === 'network';
  const callbacks = isNetwork ? NETWORK_NUMBERS.map((name) => options[name]) : [options.metrics];
  return recorder({
    kind: 'trace',
    decorator: '@Trace',
    site,
    options,
    on: 'settle',
    timed: true,
    needsCall: callbacks.some((callback) => callback !== undefined),
    record(scope, { instance, failed, durationMs }, seen) {
      const name = key ?? site.layer(instance);
      const startedAt = Math.round(Date.now() - durationMs);
      const ask = <Value>(option: keyof TraceOptions): Value | undefined => {
        const callback = options[option] as Callback<Value> | undefined;
        if (callback === undefined || seen === undefined) return undefined;
        const value = runCallback(scope, () => `Option \`${option}\` of @Trace on ${name}`, callback, seen);
        return value === FAILED ? undefined : value;
      };
      if (!isNetwork) {
        const metrics = ask<Readonly<Record<string, number>>>('metrics');
        const trace: TraceReport = { type: 'device', name, startedAt, durationMs };
        scope.reportTrace(metrics === undefined ? trace : { ...trace, metrics });
        return;
      }
      scope.reportTrace({
        type: 'network',
        name,
        startedAt,
        responseTimeMs: durationMs,
        responseCode: ask<number>('responseCode') ?? (failed ? 500 : 200),
        requestPayloadSize: ask<number>('requestPayloadSize') ?? 0,
        responsePayloadSize: ask<number>('responsePayloadSize') ?? 0,
      });
    },
  });
}
