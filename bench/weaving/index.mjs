/**
 * Ways to watch a method. Each file exports variants: functions that get `{ url, folder }` and give
 * `{ weave(proto, name), flush?() }`, where `weave` decorates a method of a prototype in place.
 * `light` variants do so little that they need long portions to be measured at all; `slow` ones get fewer calls.
 */
export const WEAVINGS = [
  { name: 'bare', file: 'by-hand', variant: 'bare', light: true },
  { name: 'try/finally by hand', file: 'by-hand', variant: 'tryFinally', light: true },
  { name: 'try/finally by hand with clock', file: 'by-hand', variant: 'withClock', light: true },
  { name: '@TimedEvent, no client', file: 'countly-weave', variant: 'noClient', light: true },
  { name: 'five stacked, no client', file: 'countly-weave', variant: 'fiveNoClient', light: true },
  { name: '@ReportErrors, nothing fails', file: 'countly-weave', variant: 'reportErrors', light: true },
  { name: '@WithDevice', file: 'countly-weave', variant: 'withDevice', light: true },
  { name: '@TimedEvent', file: 'countly-weave', variant: 'timedEvent' },
  { name: 'five stacked, one records', file: 'countly-weave', variant: 'fiveStacked' },
  { name: 'five stacked, all record', file: 'countly-weave', variant: 'fiveRecording', slow: true },
  { name: 'five wrappers, all record', file: 'countly-weave', variant: 'fiveWrappers', slow: true },
  { name: 'nestjs-otel @Span, no tracer', file: 'otel', variant: 'noTracer', light: true },
  { name: 'nestjs-otel @Span, batch processor', file: 'otel', variant: 'batched' },
  { name: '@SentryTraced, before init', file: 'sentry', variant: 'beforeInit', slow: true },
  { name: '@SentryTraced, rate 0', file: 'sentry', variant: 'rate0', slow: true },
  { name: '@SentryTraced, rate 1', file: 'sentry', variant: 'rate1', slow: true },
];

export async function loadWeaving({ file, variant }, where) {
  const variants = await import(`./${file}.mjs`);
  return variants[variant](where);
}

/** Applies a legacy method decorator without a compiler. */
export function decorate(decorator, proto, name) {
  const descriptor = Object.getOwnPropertyDescriptor(proto, name);
  Object.defineProperty(proto, name, decorator(proto, name, descriptor) ?? descriptor);
}
