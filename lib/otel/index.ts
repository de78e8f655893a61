// `countly-weave/otel`. This list is the public API.

export { type OpenTelemetryOptions, traceWithOpenTelemetry } from './trace.js';
