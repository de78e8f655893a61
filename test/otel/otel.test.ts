import { context, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { Observable, of } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CountlyConfigError, ReportErrors, Trace, TrackEvent } from '../../lib/index.js';
import { type OpenTelemetryOptions, traceWithOpenTelemetry } from '../../lib/otel/index.js';
import { type Recorded, recorded } from '../support/recorded.js';

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 2));

class Rates {
  @Trace('load rates', { type: 'network' })
  async load(): Promise<string> {
    await pause();
    return this.parse();
  }

  @Trace()
  parse(): string {
    return trace.getActiveSpan()?.spanContext().spanId ?? '';
  }

  @ReportErrors()
  @Trace('refused')
  async refuse(): Promise<never> {
    await pause();
    throw new RangeError('no rates');
  }

  @Trace('text')
  text(): never {
    throw 'timeout';
  }

  @Trace('stream')
  stream(): Observable<number> {
    return of(1, 2);
  }

  @TrackEvent('plain')
  plain(): void {}
}

let test: Recorded;
let exporter: InMemorySpanExporter;
let stop = () => {};
const start = (options?: OpenTelemetryOptions): void => {
  stop = traceWithOpenTelemetry(options);
};
beforeEach(() => {
  test = recorded();
  exporter = new InMemorySpanExporter();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
});
afterEach(async () => {
  stop();
  trace.disable();
  context.disable();
  await test.close();
});
const spans = () => exporter.getFinishedSpans();

describe('with OpenTelemetry', () => {
  it('methods with @Trace are spans, one within the other, and traces of Countly as well', async () => {
    start();
    const parsed = await new Rates().load();
    const [inner, outer] = spans();
    expect([inner?.name, outer?.name]).toEqual(['Rates.parse', 'load rates']);
    expect([inner?.kind, outer?.kind]).toEqual([SpanKind.INTERNAL, SpanKind.CLIENT]);
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
    expect(parsed).toBe(inner?.spanContext().spanId);
    expect(outer?.attributes).toEqual({ 'code.function.name': 'Rates.load' });
    expect(await test.requests('apm')).toMatchObject([{ name: 'Rates_parse' }, { name: 'load rates' }]);
  });

  it('belong to the span that is active around them', async () => {
    start();
    const outer = trace.getTracer('app').startSpan('request');
    await context.with(trace.setSpan(context.active(), outer), () => new Rates().load());
    outer.end();
    expect(new Set(spans().map((span) => span.spanContext().traceId)).size).toBe(1);
  });

  it('failures are told of on the span, and crash reports carry its trace', async () => {
    start();
    await expect(new Rates().refuse()).rejects.toThrow('no rates');
    expect(() => new Rates().text()).toThrow('timeout');
    const [refused, text] = spans();
    expect(refused).toMatchObject({ name: 'refused', status: { code: SpanStatusCode.ERROR, message: 'no rates' } });
    expect(refused?.events[0]?.attributes).toMatchObject({ 'exception.type': 'RangeError' });
    expect(text?.status).toEqual({ code: SpanStatusCode.ERROR });
    const { traceId: trace_id, spanId: span_id } = refused?.spanContext() ?? {};
    expect(await test.requests('crash')).toMatchObject([{ _custom: { trace_id, span_id } }]);
  });

  it('a stream has one span, which lasts as long as its first subscription', async () => {
    start();
    const stream = new Rates().stream();
    expect(spans()).toEqual([]);
    await stream.forEach(() => {});
    await stream.forEach(() => {});
    expect(spans().map(({ name }) => name)).toEqual(['stream']);
  });

  it('methods without @Trace have none, nor has anything before the start or after the stop', async () => {
    new Rates().parse();
    start();
    new Rates().plain();
    stop();
    new Rates().parse();
    test.client.logError(new Error('outside'));
    expect(spans()).toEqual([]);
    expect(JSON.stringify(await test.requests('crash'))).not.toContain('trace_id');
  });

  it('crash reports outside of a span, or without being asked for, carry no trace', async () => {
    start({ crashes: false });
    await expect(new Rates().refuse()).rejects.toThrow('no rates');
    stop();
    start({ spans: false });
    test.client.logError(new Error('outside'));
    expect(spans()).toHaveLength(1);
    expect(JSON.stringify(await test.requests('crash'))).not.toContain('trace_id');
  });

  it('a tracer that throws costs the span, not the call', () => {
    const broken = () => {
      throw new Error('tracer');
    };
    start({ tracer: { startSpan: broken, startActiveSpan: broken } as unknown as Tracer });
    expect(new Rates().parse()).toBe('');
  });

  it('wrong options are refused', () => {
    expect(() => traceWithOpenTelemetry({ tracer: {} as never })).toThrow(/tracer: expected a tracer of OpenTelemetry/);
    expect(() => traceWithOpenTelemetry({ crashs: true } as never)).toThrow(/did you mean "crashes"/);
    expect(() => traceWithOpenTelemetry('x' as never)).toThrow(CountlyConfigError);
  });
});
