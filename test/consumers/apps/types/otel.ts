import { type OpenTelemetryOptions, traceWithOpenTelemetry } from 'countly-weave/otel';

export const options: OpenTelemetryOptions = { crashes: false };
export const stop: () => void = traceWithOpenTelemetry(options);

// @ts-expect-error a tracer is no text: the declarations were found and are strict
traceWithOpenTelemetry({ tracer: 'mine' });
