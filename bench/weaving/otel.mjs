import { Span } from 'nestjs-otel';
import { startTracing } from '../support/otel.mjs';
import { decorate } from './index.mjs';

const weave = (proto, name) => decorate(Span('work'), proto, name);

export const noTracer = () => ({ weave });

export function batched({ url }) {
  const provider = startTracing(url);
  return { weave, flush: () => provider.forceFlush() };
}
