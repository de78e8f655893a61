/**
 * NestJS applications with one GET handler, alike but for what watches it. Each file exports variants: functions that get
 * `{ url, folder }` and give `{ imports?, decorators?, onRequest?, flush? }`; `onRequest(n)` runs in the handler,
 * `flush(app)` delivers what is queued.
 */
export const WEB_VARIANTS = [
  { name: 'bare', file: 'bare', variant: 'bare' },
  { name: '5 µs of work', file: 'bare', variant: 'fiveMicroseconds' },
  { name: 'AsyncLocalStorage scope alone', file: 'als', variant: 'scopeAlone' },
  { name: 'countly-weave, scope', file: 'countly-weave', variant: 'scope', perRequest: 0 },
  { name: 'countly-weave, scope + event', file: 'countly-weave', variant: 'event', perRequest: 1 },
  { name: 'countly-weave, scope + event + trace', file: 'countly-weave', variant: 'eventAndTrace', perRequest: 2 },
  { name: 'nestjs-otel @Span', file: 'otel', variant: 'span', perRequest: 1 },
  { name: 'posthog', file: 'client', variant: 'posthog', perRequest: 1 },
  { name: 'countly-sdk file (default)', file: 'client', variant: 'countlyFile', perRequest: 1 },
  { name: 'countly-sdk memory', file: 'client', variant: 'countlyMemory', perRequest: 1 },
  { name: 'Sentry, no tracing', file: 'sentry', variant: 'errorsOnly', perRequest: 0 },
  { name: 'Sentry, tracing', file: 'sentry', variant: 'tracing', perRequest: 1 },
];

export async function loadWeb({ file, variant }, where) {
  const variants = await import(`./${file}.mjs`);
  return variants[variant](where);
}
