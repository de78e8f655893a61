import { OpenTelemetryModule, Span } from 'nestjs-otel';
import { startTracing } from '../support/otel.mjs';

export function span({ url }) {
  const provider = startTracing(url);
  return { flush: () => provider.forceFlush(), imports: [OpenTelemetryModule.forRoot()], decorators: [Span('find')] };
}
