import { context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { assertOptions, flag, instanceOf } from '../config/schema.js';
import { type CallMessage, type CallObserver, observeCalls } from '../decorators/weave/call-channel.js';
import { describeCrashes } from '../features/crashes.js';

/** Options of `traceWithOpenTelemetry`. */
export interface OpenTelemetryOptions {
  /** Makes the spans. @default the tracer `countly-weave` of the registered provider */
  readonly tracer?: Tracer;
  /** Turns calls of methods with `@Trace` into spans. @default true */
  readonly spans?: boolean;
  /** Puts `trace_id` and `span_id` of the running span on crash reports. @default true */
  readonly crashes?: boolean;
}

const RULES = { tracer: instanceOf('a tracer of OpenTelemetry', 'startSpan'), spans: flag, crashes: flag };

/**
 * Makes a span of every call of a method with `@Trace`, beside the trace that Countly gets, and puts the id of the trace on
 * crash reports. What the method starts – awaits, timers, requests of instrumented libraries – belongs to its span.
 *
 * @param options - see {@link OpenTelemetryOptions}
 * @returns what ends it
 * @throws CountlyConfigError for a wrong option
 *
 * @example
 * ```ts
 * import { Trace } from 'countly-weave';
 * import { traceWithOpenTelemetry } from 'countly-weave/otel';
 *
 * traceWithOpenTelemetry();
 *
 * class Rates {
 *   @Trace('load rates')
 *   async load(currency: string): Promise<void> {}
 * }
 * ```
 */
export function traceWithOpenTelemetry(options: OpenTelemetryOptions = {}): () => void {
  assertOptions(options, RULES);
  const { tracer = trace.getTracer('countly-weave'), spans = true, crashes = true } = options;
  const stop = spans ? observeCalls(spansOf(tracer)) : undefined;
  if (crashes) describeCrashes(runningTrace);
  return () => {
    stop?.();
    if (crashes) describeCrashes(undefined);
  };
}

function runningTrace(): Readonly<Record<string, string>> {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}

function spansOf(tracer: Tracer): CallObserver {
  const running = new WeakMap<CallMessage, Span>();
  return {
    around(message, work) {
      const span = startSpan(tracer, message);
      if (span === undefined) return work();
      running.set(message, span);
      return context.with(trace.setSpan(context.active(), span), work);
    },
    ended(message, failed) {
      const span = running.get(message);
      // An Observable may have several subscriptions; its span is that of the first.
      running.delete(message);
      if (span === undefined) return;
      if (failed) fail(span, message.error);
      span.end();
    },
  };
}

/** A span for a method with `@Trace`. A tracer that throws costs the span, not the call. */
function startSpan(tracer: Tracer, { records, className, methodName }: CallMessage): Span | undefined {
  const record = records.find(({ kind }) => kind === 'trace');
  if (record === undefined) return undefined;
  const layer = className === '' ? methodName : `${className}.${methodName}`;
  const kind = record.options['type'] === 'network' ? SpanKind.CLIENT : SpanKind.INTERNAL;
  try {
    return tracer.startSpan(record.key ?? layer, { kind, attributes: { 'code.function.name': layer } });
  } catch {
    return undefined;
  }
}

function fail(span: Span, error: unknown): void {
  const isError = error instanceof Error;
  span.recordException(isError ? error : String(error));
  span.setStatus(isError ? { code: SpanStatusCode.ERROR, message: error.message } : { code: SpanStatusCode.ERROR });
}
