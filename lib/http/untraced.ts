/** Where `@opentelemetry/api` keeps what is registered with it, whichever copy of it was loaded first. */
const API = Symbol.for('opentelemetry.js.api.1');
/** The agreed key for what is not to be traced, as `createContextKey` makes it. */
const SUPPRESSED = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

interface Context {
  setValue(key: symbol, value: unknown): Context;
}

interface ContextManager {
  active(): Context;
  with(context: Context, work: () => void): unknown;
}

/** Does what must become no span and carry no header of a tracer: a delivery is no part of the host's work. */
export function untraced<T>(work: () => T): T {
  const api = (globalThis as unknown as Record<symbol, { readonly context?: ContextManager } | undefined>)[API];
  let done: { readonly value: T } | undefined;
  try {
    const contexts = api?.context;
    const suppressed = contexts?.active().setValue(SUPPRESSED, true);
    if (suppressed !== undefined) contexts?.with(suppressed, () => (done = { value: work() }));
  } catch {
    // A tracer that fails is no reason to deliver nothing.
  }
  return done === undefined ? work() : done.value;
}
