import * as Sentry from '@sentry/nestjs';
import { SentryModule } from '@sentry/nestjs/setup';

// Loaded before Nest, as its manual demands, or nothing is traced.
function app({ url }, options) {
  Sentry.init({ dsn: url.replace('http://', 'http://public@').concat('/1'), sendClientReports: false, ...options });
  return { imports: [SentryModule.forRoot()], flush: () => Sentry.flush(3000) };
}

export const errorsOnly = (where) => app(where, {});
export const tracing = (where) => app(where, { tracesSampleRate: 1 });
